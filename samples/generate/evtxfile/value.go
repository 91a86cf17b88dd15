package evtxfile

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// The value types of BinXML that this package writes.
const (
	typeNull     = 0x00
	typeString   = 0x01
	typeInt8     = 0x03
	typeUint8    = 0x04
	typeInt16    = 0x05
	typeUint16   = 0x06
	typeInt32    = 0x07
	typeUint32   = 0x08
	typeInt64    = 0x09
	typeUint64   = 0x0a
	typeBool     = 0x0d
	typeBinary   = 0x0e
	typeGUID     = 0x0f
	typeFileTime = 0x11
	typeSID      = 0x13
	typeHexInt32 = 0x14
	typeHexInt64 = 0x15
	typeBinXML   = 0x21
	typeStrings  = 0x81
)

// encode returns the type and the bytes of a value.
func encode(v Value) (byte, []byte) {
	le := binary.LittleEndian
	switch v := v.(type) {
	case nil:
		return typeNull, nil
	case string:
		return typeString, utf16le(v)
	case []string:
		var b []byte
		for _, s := range v {
			b = append(append(b, utf16le(s)...), 0, 0)
		}
		return typeStrings, b
	case bool:
		if v {
			return typeBool, []byte{1, 0, 0, 0}
		}
		return typeBool, make([]byte, 4)
	case int8:
		return typeInt8, []byte{byte(v)}
	case uint8:
		return typeUint8, []byte{v}
	case int16:
		return typeInt16, le.AppendUint16(nil, uint16(v))
	case uint16:
		return typeUint16, le.AppendUint16(nil, v)
	case int32:
		return typeInt32, le.AppendUint32(nil, uint32(v))
	case uint32:
		return typeUint32, le.AppendUint32(nil, v)
	case int64:
		return typeInt64, le.AppendUint64(nil, uint64(v))
	case uint64:
		return typeUint64, le.AppendUint64(nil, v)
	case []byte:
		return typeBinary, v
	case HexInt32:
		return typeHexInt32, le.AppendUint32(nil, uint32(v))
	case HexInt64:
		return typeHexInt64, le.AppendUint64(nil, uint64(v))
	case FileTime:
		return typeFileTime, le.AppendUint64(nil, fileTime(time.Time(v)))
	case GUID:
		return typeGUID, guidBytes(string(v))
	case SID:
		return typeSID, sidBytes(string(v))
	}
	panic(fmt.Sprintf("evtxfile: value of type %T", v))
}

func utf16le(s string) []byte {
	units := utf16.Encode([]rune(s))
	b := make([]byte, 0, 2*len(units))
	for _, u := range units {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// fileTime counts steps of 100 ns since 1601.
func fileTime(t time.Time) uint64 {
	const secondsTo1970 = 11644473600
	return uint64(t.Unix()+secondsTo1970)*1e7 + uint64(t.Nanosecond()/100)
}

// guidBytes turns the text around: the first three groups are little endian integers.
func guidBytes(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(strings.Trim(s, "{}"), "-", ""))
	if err != nil || len(b) != 16 {
		panic(fmt.Sprintf("evtxfile: %q is no GUID", s))
	}
	for _, pair := range [][2]int{{0, 3}, {1, 2}, {4, 5}, {6, 7}} {
		b[pair[0]], b[pair[1]] = b[pair[1]], b[pair[0]]
	}
	return b
}

func sidBytes(s string) []byte {
	parts := strings.Split(s, "-")
	if len(parts) < 3 || parts[0] != "S" {
		panic(fmt.Sprintf("evtxfile: %q is no SID", s))
	}
	var n []uint64
	for _, p := range parts[1:] {
		v, err := strconv.ParseUint(p, 10, 48)
		if err != nil {
			panic(fmt.Sprintf("evtxfile: %q is no SID", s))
		}
		n = append(n, v)
	}
	b := []byte{byte(n[0]), byte(len(n) - 2)}
	b = append(b, binary.BigEndian.AppendUint64(nil, n[1])[2:]...)
	for _, sub := range n[2:] {
		b = binary.LittleEndian.AppendUint32(b, uint32(sub))
	}
	return b
}
