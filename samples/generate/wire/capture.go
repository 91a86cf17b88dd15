package wire

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"slices"
)

const (
	linkEthernet = 1
	snaplen      = 262144
)

// Sort brings packets into the order of time, keeping the order of those at one time.
func Sort(packets []Packet) {
	slices.SortStableFunc(packets, func(a, b Packet) int { return a.At.Compare(b.At) })
}

// Pcap returns a classic capture file with microseconds.
func Pcap(packets []Packet) []byte {
	var b bytes.Buffer
	w := NewWriter(&b)
	for _, p := range packets {
		w.Write(p)
	}
	w.Flush()
	return b.Bytes()
}

// A Writer writes a classic capture file with microseconds, a packet at a time. The first error of the file below it is
// kept and returned by every call after it.
//
// Format: https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/
type Writer struct{ out *bufio.Writer }

// NewWriter begins a capture file.
func NewWriter(to io.Writer) *Writer {
	w := &Writer{bufio.NewWriterSize(to, 1<<20)}
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0xa1b2c3d4)
	b = le.AppendUint16(b, 2)
	b = le.AppendUint16(b, 4)
	b = le.AppendUint64(b, 0)
	b = le.AppendUint32(b, snaplen)
	b = le.AppendUint32(b, linkEthernet)
	w.out.Write(b)
	return w
}

// Write appends a packet.
func (w *Writer) Write(p Packet) error {
	le := binary.LittleEndian
	b := le.AppendUint32(w.out.AvailableBuffer(), uint32(p.At.Unix()))
	b = le.AppendUint32(b, uint32(p.At.Nanosecond()/1000))
	b = le.AppendUint32(b, uint32(len(p.Data)))
	b = le.AppendUint32(b, uint32(p.Size))
	w.out.Write(b)
	_, err := w.out.Write(p.Data)
	return err
}

// Flush writes what is still held back.
func (w *Writer) Flush() error { return w.out.Flush() }

// The block types and options of pcapng that are written here.
const (
	sectionHeader  = 0x0a0d0d0a
	interfaceBlock = 1
	enhancedPacket = 6

	optEnd       = 0
	ifName       = 2
	ifTimestamps = 9
)

// Pcapng returns a capture file with nanoseconds.
//
// Format: https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/
func Pcapng(packets []Packet, iface string) []byte {
	le := binary.LittleEndian
	head := le.AppendUint32(nil, 0x1a2b3c4d)
	head = le.AppendUint16(head, 1)
	head = le.AppendUint16(head, 0)
	head = le.AppendUint64(head, ^uint64(0))
	b := block(nil, sectionHeader, head)

	desc := le.AppendUint16(nil, linkEthernet)
	desc = le.AppendUint16(desc, 0)
	desc = le.AppendUint32(desc, snaplen)
	b = block(b, interfaceBlock, options(desc, option{ifName, []byte(iface)}, option{ifTimestamps, []byte{9}}))

	for _, p := range packets {
		ns := uint64(p.At.UnixNano())
		body := le.AppendUint32(nil, 0)
		body = le.AppendUint32(body, uint32(ns>>32))
		body = le.AppendUint32(body, uint32(ns))
		body = le.AppendUint32(body, uint32(len(p.Data)))
		body = le.AppendUint32(body, uint32(p.Size))
		b = block(b, enhancedPacket, pad(append(body, p.Data...)))
	}
	return b
}

type option struct {
	code  uint16
	value []byte
}

func options(b []byte, opts ...option) []byte {
	for _, o := range append(opts, option{code: optEnd}) {
		b = binary.LittleEndian.AppendUint16(b, o.code)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(o.value)))
		b = pad(append(b, o.value...))
	}
	return b
}

func pad(b []byte) []byte { return append(b, make([]byte, -len(b)&3)...) }

func block(b []byte, kind uint32, body []byte) []byte {
	length := uint32(12 + len(body))
	b = binary.LittleEndian.AppendUint32(b, kind)
	b = binary.LittleEndian.AppendUint32(b, length)
	b = append(b, body...)
	return binary.LittleEndian.AppendUint32(b, length)
}

// Gzip wraps a file. It is stored and not compressed: what a compressor makes of it may differ between versions of Go.
func Gzip(b []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.NoCompression)
	w.Write(b)
	w.Close()
	return out.Bytes()
}
