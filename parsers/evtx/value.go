package evtx

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// The value types of BinXML, [MS-EVEN6] 2.2.12. Bit 0x80 makes an array of them.
const (
	kindNull     = 0x00
	kindString   = 0x01
	kindANSI     = 0x02
	kindInt8     = 0x03
	kindUint8    = 0x04
	kindInt16    = 0x05
	kindUint16   = 0x06
	kindInt32    = 0x07
	kindUint32   = 0x08
	kindInt64    = 0x09
	kindUint64   = 0x0a
	kindReal32   = 0x0b
	kindReal64   = 0x0c
	kindBool     = 0x0d
	kindBinary   = 0x0e
	kindGUID     = 0x0f
	kindSize     = 0x10
	kindFileTime = 0x11
	kindSysTime  = 0x12
	kindSID      = 0x13
	kindHex32    = 0x14
	kindHex64    = 0x15
	kindBinXML   = 0x21
	kindArray    = 0x80
)

// widths are the sizes of the values that have one.
var widths = map[byte]int{
	kindInt8: 1, kindUint8: 1, kindInt16: 2, kindUint16: 2, kindInt32: 4, kindUint32: 4, kindInt64: 8, kindUint64: 8,
	kindReal32: 4, kindReal64: 8, kindBool: 4, kindGUID: 16, kindFileTime: 8, kindSysTime: 16, kindHex32: 4, kindHex64: 8,
}

// text writes a value as Windows shows it in XML. A value whose size does not fit its type is shown as hex bytes.
func text(kind byte, b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if kind&kindArray != 0 {
		return list(kind&^kindArray, b)
	}
	switch kind {
	case kindString:
		return utf16Text(b)
	case kindANSI:
		return strings.TrimRight(string(b), "\x00")
	case kindSID:
		return sidText(b)
	case kindSize:
		return sizeText(b)
	}
	if w, ok := widths[kind]; !ok || w != len(b) {
		return strings.ToUpper(hex.EncodeToString(b))
	}
	return fixedText(kind, b)
}

// fixedText writes a value of known width.
func fixedText(kind byte, b []byte) string {
	le := binary.LittleEndian
	var wide [8]byte
	copy(wide[:], b)
	n := le.Uint64(wide[:])
	switch kind {
	case kindInt8:
		return strconv.Itoa(int(int8(n)))
	case kindInt16:
		return strconv.Itoa(int(int16(n)))
	case kindInt32:
		return strconv.Itoa(int(int32(n)))
	case kindInt64:
		return strconv.FormatInt(int64(n), 10)
	case kindReal32:
		return strconv.FormatFloat(float64(math.Float32frombits(uint32(n))), 'g', -1, 32)
	case kindReal64:
		return strconv.FormatFloat(math.Float64frombits(n), 'g', -1, 64)
	case kindBool:
		return strconv.FormatBool(n != 0)
	case kindHex32, kindHex64:
		return "0x" + strconv.FormatUint(n, 16)
	case kindGUID:
		return guidText(b)
	case kindFileTime:
		return fileTime(n).Format("2006-01-02T15:04:05.000000000Z")
	case kindSysTime:
		return sysTimeText(b)
	default:
		return strconv.FormatUint(n, 10)
	}
}

// list writes the elements of an array. Strings end with a zero, other elements have their width.
func list(kind byte, b []byte) string {
	if kind == kindString {
		return strings.ReplaceAll(utf16Text(b), "\x00", "\n")
	}
	w, ok := widths[kind]
	if !ok || len(b)%w != 0 {
		return strings.ToUpper(hex.EncodeToString(b))
	}
	var parts []string
	for ; len(b) > 0; b = b[w:] {
		parts = append(parts, fixedText(kind, b[:w]))
	}
	return strings.Join(parts, "\n")
}

// utf16Text drops the zeros at the end. An odd last byte is no character.
func utf16Text(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	for len(units) > 0 && units[len(units)-1] == 0 {
		units = units[:len(units)-1]
	}
	return string(utf16.Decode(units))
}

func guidText(b []byte) string {
	g := written(b)
	return "{" + cmp.Or(g.String(), "00000000-0000-0000-0000-000000000000") + "}"
}

// written brings the 16 bytes of a GUID, of which the first three groups are little endian integers, into the order in which
// it is written.
func written(b []byte) (g evidence.GUID) {
	for i, from := range [16]int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15} {
		g[i] = b[from]
	}
	return g
}

func sidText(b []byte) string {
	if len(b) < 8 || len(b) != 8+4*int(b[1]) {
		return strings.ToUpper(hex.EncodeToString(b))
	}
	authority := uint64(binary.BigEndian.Uint16(b[2:]))<<32 | uint64(binary.BigEndian.Uint32(b[4:]))
	s := fmt.Sprintf("S-%d-%d", b[0], authority)
	for sub := b[8:]; len(sub) > 0; sub = sub[4:] {
		s += "-" + strconv.FormatUint(uint64(binary.LittleEndian.Uint32(sub)), 10)
	}
	return s
}

// sizeText writes a pointer-sized value, which is as wide as the machine's pointers were.
func sizeText(b []byte) string {
	switch len(b) {
	case 4:
		return fixedText(kindHex32, b)
	case 8:
		return fixedText(kindHex64, b)
	}
	return strings.ToUpper(hex.EncodeToString(b))
}

// fileTime counts steps of 100 ns since 1601.
func fileTime(n uint64) time.Time {
	const secondsTo1970 = 11644473600
	return time.Unix(int64(n/1e7)-secondsTo1970, int64(n%1e7)*100).UTC()
}

func sysTimeText(b []byte) string {
	var f [8]int
	for i := range f {
		f[i] = int(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", f[0], f[1], f[3], f[4], f[5], f[6], f[7])
}
