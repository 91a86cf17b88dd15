package capfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// seen is what a file yields: a line per frame, and the problems.
type seen struct {
	frames   []string
	problems []evidence.Problem
	info     Info
}

func read(t testing.TB, b []byte) seen {
	t.Helper()
	var s seen
	r, err := Open(bytes.NewReader(b), int64(len(b)), func(p evidence.Problem) { s.problems = append(s.problems, p) })
	if err != nil {
		t.Fatal(err)
	}
	var block Block
	for err == nil {
		err = r.Read(&block)
		for _, f := range block.Frames {
			s.frames = append(s.frames, line(f))
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	s.info = r.Info()
	return s
}

func line(f Frame) string {
	at := "-"
	if !f.Time.IsZero() {
		at = f.Time.Format("2006-01-02T15:04:05.000000000")
	}
	return fmt.Sprintf("%d %s link %d if %d %d/%d %s", f.Number, at, f.LinkType, f.Interface, f.CapLen, f.OrigLen, f.Data)
}

// words appends 32-bit words.
func words(o binary.ByteOrder, b []byte, w ...uint32) []byte {
	for _, v := range w {
		b = append(b, 0, 0, 0, 0)
		o.PutUint32(b[len(b)-4:], v)
	}
	return b
}

// pcapFile is a file header and one record per text, a second apart.
func pcapFile(o binary.ByteOrder, magic, snaplen uint32, frac uint32, texts ...string) []byte {
	version := uint32(2 | 4<<16)
	if o == binary.BigEndian {
		version = 2<<16 | 4
	}
	b := words(o, nil, magic, version, 0, 0, snaplen, 1)
	for i, t := range texts {
		b = words(o, b, 1700000000+uint32(i), frac, uint32(len(t)), uint32(len(t)))
		if magic == magicModified {
			b = append(b, make([]byte, 8)...)
		}
		b = append(b, t...)
	}
	return b
}

func TestPcap(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	for _, c := range []struct {
		name string
		file []byte
		want []string
	}{
		{"micro, little-endian", pcapFile(le, magicMicro, 65535, 1, "abc"), []string{"1 2023-11-14T22:13:20.000001000 link 1 if 0 3/3 abc"}},
		{"micro, big-endian", pcapFile(be, magicMicro, 65535, 999999, "abc"), []string{"1 2023-11-14T22:13:20.999999000 link 1 if 0 3/3 abc"}},
		{"nano, little-endian", pcapFile(le, magicNano, 65535, 123456789, "abc"), []string{"1 2023-11-14T22:13:20.123456789 link 1 if 0 3/3 abc"}},
		{"nano, big-endian", pcapFile(be, magicNano, 65535, 7, "abc"), []string{"1 2023-11-14T22:13:20.000000007 link 1 if 0 3/3 abc"}},
		{"longer record headers", pcapFile(le, magicModified, 65535, 1, "abc", "d"), []string{"1 2023-11-14T22:13:20.000001000 link 1 if 0 3/3 abc", "2 2023-11-14T22:13:21.000001000 link 1 if 0 1/1 d"}},
		{"snaplen smaller than the packets", pcapFile(le, magicMicro, 2, 1, "abc", "defg"), []string{"1 2023-11-14T22:13:20.000001000 link 1 if 0 3/3 abc", "2 2023-11-14T22:13:21.000001000 link 1 if 0 4/4 defg"}},
		{"empty frame", pcapFile(le, magicMicro, 9, 1, "", "x"), []string{"1 2023-11-14T22:13:20.000001000 link 1 if 0 0/0 ", "2 2023-11-14T22:13:21.000001000 link 1 if 0 1/1 x"}},
		{"no frame", pcapFile(le, magicMicro, 9, 1), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, c.file)
			if !slices.Equal(got.frames, c.want) || len(got.problems) > 0 || got.info.Kind != "pcap" {
				t.Errorf("got %q %v", got.frames, got.problems)
			}
		})
	}
}

func TestPcapDamage(t *testing.T) {
	le := binary.LittleEndian
	texts := []string{"first", "second", "third", "fourth", "fifth", "sixth"}
	whole := pcapFile(le, magicMicro, 65535, 1, texts...)
	second := 24 + 16 + 5
	mark := func(at int, v uint32) []byte {
		b := slices.Clone(whole)
		le.PutUint32(b[at:], v)
		return b
	}
	for _, c := range []struct {
		name   string
		file   []byte
		frames int
		kind   evidence.ProblemKind
		place  uint64
	}{
		{"ends inside a frame: what is there comes back", whole[:len(whole)-2], 6, evidence.Truncated, uint64(len(whole) - 21)},
		{"ends inside a record header", whole[:second+10], 1, evidence.Truncated, uint64(second)},
		{"absurd length", mark(second+8, 0xfffffff0), 5, evidence.Damaged, uint64(second)},
		{"length beyond the end, intact records behind", mark(second+8, 5000), 5, evidence.Damaged, uint64(second)},
		{"captured more than there was", mark(second+12, 1), 6, evidence.Suspect, uint64(second)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, c.file)
			if len(got.frames) != c.frames || len(got.problems) != 1 || got.problems[0].Kind != c.kind || got.problems[0].Ref.N != c.place {
				t.Errorf("%q %v", got.frames, got.problems)
			}
		})
	}
	if _, err := Open(bytes.NewReader(whole[:20]), 20, nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a file header: %v", err)
	}
	if _, err := Open(strings.NewReader("GIF89a......................"), 28, nil); !errors.Is(err, ErrFormat) {
		t.Errorf("another format: %v", err)
	}
}

// An ngFile is a pcapng file in the making.
type ngFile struct {
	o binary.ByteOrder
	b []byte
}

func section(o binary.ByteOrder) *ngFile {
	return (&ngFile{o: o}).section()
}

func (n *ngFile) section() *ngFile {
	return n.block(blockSection, words(n.o, nil, byteOrderMagic, version(n.o), 0xffffffff, 0xffffffff))
}

// version is 1.0.
func version(o binary.ByteOrder) uint32 {
	if o == binary.BigEndian {
		return 1 << 16
	}
	return 1
}

func (n *ngFile) block(kind uint32, body []byte) *ngFile {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	length := uint32(len(body) + 12)
	n.b = words(n.o, append(words(n.o, n.b, kind, length), body...), length)
	return n
}

func (n *ngFile) option(code uint16, value ...byte) []byte {
	b := make([]byte, 4)
	n.o.PutUint16(b, code)
	n.o.PutUint16(b[2:], uint16(len(value)))
	for b = append(b, value...); len(b)%4 != 0; {
		b = append(b, 0)
	}
	return b
}

func (n *ngFile) eight(v uint64) []byte {
	b := make([]byte, 8)
	n.o.PutUint64(b, v)
	return b
}

func (n *ngFile) iface(link uint16, snaplen uint32, options ...[]byte) *ngFile {
	b := make([]byte, 8)
	n.o.PutUint16(b, link)
	n.o.PutUint32(b[4:], snaplen)
	return n.block(blockInterface, append(b, slices.Concat(options...)...))
}

func (n *ngFile) packet(id uint32, ts uint64, text string, options ...[]byte) *ngFile {
	b := words(n.o, nil, id, uint32(ts>>32), uint32(ts), uint32(len(text)), uint32(len(text)))
	for b = append(b, text...); len(b)%4 != 0; {
		b = append(b, 0)
	}
	return n.block(blockEnhanced, append(b, slices.Concat(options...)...))
}

func TestPcapNG(t *testing.T) {
	const sec = 1700000000
	for name, o := range map[string]binary.ByteOrder{"little-endian": binary.LittleEndian, "big-endian": binary.BigEndian} {
		t.Run(name, func(t *testing.T) {
			n := section(o)
			n.iface(1, 0, n.option(1, []byte("uplink")...))
			n.iface(113, 96, n.option(9, 9), n.option(14, n.eight(3600)...))
			n.iface(101, 0, n.option(9, 0x80|10))
			n.block(0x0bad, []byte("custom")).block(4, make([]byte, 8))
			n.packet(0, sec*1e6+5, "micro")
			n.packet(1, sec*1e9+6, "nano, an hour on", n.option(1, []byte("comment")...))
			n.packet(2, sec<<10|512, "binary")
			n.block(blockSimple, append(words(o, nil, 6), "simple\x00\x00"...))
			old := make([]byte, 4)
			o.PutUint16(old, 1)
			o.PutUint16(old[2:], 3)
			n.block(blockPacket, append(append(words(o, old, sec>>32, sec&0xffffffff, 3, 300), "old\x00"...), n.option(1, []byte("obsolete")...)...))
			n.block(blockStats, slices.Concat(words(o, nil, 0, 0, 0), n.option(5, n.eight(40)...), n.option(7, n.eight(2)...)))
			n.section().iface(9, 0).packet(0, sec*1e6, "next section")
			n.block(blockSection, slices.Concat(words(o, nil, byteOrderMagic, version(o), 0xffffffff, 0xffffffff), n.option(1, []byte("again")...)))
			got := read(t, n.b)
			want := []string{
				"1 2023-11-14T22:13:20.000005000 link 1 if 0 5/5 micro",
				"2 2023-11-14T23:13:20.000000006 link 113 if 1 16/16 nano, an hour on",
				"3 2023-11-14T22:13:20.500000000 link 101 if 2 6/6 binary",
				"4 - link 1 if 0 6/6 simple",
				"5 1970-01-01T01:00:01.700000000 link 113 if 1 3/300 old",
				"6 2023-11-14T22:13:20.000000000 link 9 if 0 12/12 next section",
			}
			if !slices.Equal(got.frames, want) || len(got.problems) > 0 {
				t.Errorf("got %q %v", got.frames, got.problems)
			}
			if got.info.Dropped != evidence.Measured(45) || got.info.Snaplen != 96 || got.info.Kind != "pcapng" || got.info.Comment != "interface 0: uplink; frame 2: comment; frame 5: obsolete; again" {
				t.Errorf("info %+v", got.info)
			}
		})
	}
}

func TestResolutions(t *testing.T) {
	for _, c := range []struct {
		res  uint8
		ts   uint64
		want string
	}{
		{0, 1700000000, "22:13:20.000000000"},
		{12, 17e17 + 999, "16:13:20.000000000"}, // below a nanosecond
		{19, 15e18, "00:00:01.500000000"},
		{0x80 | 30, 1700000000<<30 | 1<<29 | 1, "22:13:20.500000000"},
		{0x80 | 20, 1700000000<<20 | 1, "22:13:20.000000953"}, // 953.67 ns
		{0x80 | 32, 1700000000<<32 | 0xffffffff, "22:13:20.999999999"},
		{0x80 | 64, 1 << 63, "00:00:00.500000000"},
		{0x80 | 127, 1 << 63, "00:00:00.000000000"},
	} {
		i := iface{res: c.res}
		got, ok := i.time(c.ts)
		if !ok || got.Format("15:04:05.000000000") != c.want {
			t.Errorf("resolution %#x: %v, want %s", c.res, got, c.want)
		}
	}
	if _, ok := (&iface{res: 20}).time(1); ok {
		t.Error("10^-20 s cannot be counted and was read")
	}
	for _, i := range []iface{{res: 0}, {res: 6, offset: -1 << 62}, {res: 6, offset: 1 << 62}} {
		if at, _ := i.time(1 << 63); !at.IsZero() {
			t.Errorf("%+v: time beyond the year 9999: %v", i, at)
		}
	}
}

func TestPcapNGDamage(t *testing.T) {
	whole := section(binary.LittleEndian).iface(1, 0).packet(0, 1, "aaaa").packet(0, 2, "bbbb").packet(0, 3, "cccc").b
	second := 28 + 20 + 36
	mark := func(at int, v uint32) []byte {
		b := slices.Clone(whole)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	for _, c := range []struct {
		name   string
		file   []byte
		frames int
		kind   evidence.ProblemKind
		place  int
	}{
		{"ends inside a block", whole[:len(whole)-4], 2, evidence.Truncated, second + 36},
		{"block length 0", mark(second+4, 0), 2, evidence.Damaged, second},
		{"block length past the end", mark(second+4, 0xfffffff0), 2, evidence.Damaged, second},
		{"block length not a multiple of four", mark(second+4, 37), 2, evidence.Damaged, second},
		{"lengths disagree", mark(second+32, 40), 2, evidence.Damaged, second},
		{"captured length larger than the block", mark(second+20, 100), 2, evidence.Damaged, second},
		{"interface not described", mark(second+8, 9), 2, evidence.Damaged, second},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, c.file)
			if len(got.frames) != c.frames || len(got.problems) != 1 || got.problems[0].Kind != c.kind || got.problems[0].Ref.N != uint64(c.place) {
				t.Errorf("%q %v", got.frames, got.problems)
			}
		})
	}
}

// A counting reader tells how much was read.
type counting struct {
	io.ReaderAt
	n int
}

func (c *counting) ReadAt(b []byte, off int64) (int, error) {
	c.n += len(b)
	return c.ReaderAt.ReadAt(b, off)
}

// TestSearchIsBounded: looking for the next record behind a damaged one takes a few readings of what lies between.
func TestSearchIsBounded(t *testing.T) {
	file := words(binary.LittleEndian, pcapFile(binary.LittleEndian, magicMicro, 65535, 1, "before"), 1, 1, 1<<31, 1)
	file = append(file, bytes.Repeat([]byte{0xaa}, searchLen-100)...)
	file = append(file, pcapFile(binary.LittleEndian, magicMicro, 65535, 1, "behind", "it", "all")[pcapHeaderLen:]...)
	in := &counting{ReaderAt: bytes.NewReader(file)}
	r, err := Open(in, int64(len(file)), func(evidence.Problem) {})
	if err != nil {
		t.Fatal(err)
	}
	frames := 0
	for b := (Block{}); err == nil; frames += len(b.Frames) {
		err = r.Read(&b)
	}
	if frames != 4 || in.n > 10*len(file) {
		t.Errorf("%d frames out of a file of %d bytes of which %d were read", frames, len(file), in.n)
	}
}

// TestNoAllocation holds the reader to its promise.
func TestNoAllocation(t *testing.T) {
	texts := make([]string, 50000)
	for i := range texts {
		texts[i] = strings.Repeat("x", 100)
	}
	file := pcapFile(binary.LittleEndian, magicMicro, 65535, 1, texts...)
	r, err := Open(bytes.NewReader(file), int64(len(file)), nil)
	if err != nil {
		t.Fatal(err)
	}
	var blocks [2]Block
	r.Read(&blocks[0])
	r.Read(&blocks[1])
	frames := 0
	if n := testing.AllocsPerRun(8, func() { r.Read(&blocks[0]); frames += len(blocks[0].Frames); r.Read(&blocks[1]) }); n > 0 || frames == 0 {
		t.Errorf("%v allocations per two blocks, %d frames in one of them", n, frames)
	}
}

// TestCommentsAreBounded: a file may carry a comment with every frame. What is left out is counted.
func TestCommentsAreBounded(t *testing.T) {
	n := section(binary.LittleEndian).iface(1, 0)
	for range 1000 {
		n.packet(0, 1, "x", n.option(1, []byte(strings.Repeat("comment ", 100))...))
	}
	got := read(t, n.b)
	if len(got.frames) != 1000 || len(got.info.Comment) > maxComment+100 || !strings.HasSuffix(got.info.Comment, "; comments not kept whole: 995") {
		t.Errorf("%d frames, %d bytes of comments: %s", len(got.frames), len(got.info.Comment), got.info.Comment)
	}
	long := section(binary.LittleEndian).iface(1, 0).packet(0, 1, "x", n.option(1, []byte(strings.Repeat("x", 60000))...))
	if got := read(t, long.b); len(got.info.Comment) > maxComment+100 || !strings.HasSuffix(got.info.Comment, "xxx; comments not kept whole: 1") {
		t.Errorf("%d bytes of one comment", len(got.info.Comment))
	}
}
