package evtxfile

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func event(n int) Event {
	return Event{
		Provider: "Test", ID: uint16(n % 7), Time: time.Date(2024, 5, 6, 7, 8, n, 0, time.UTC), Channel: "Test", Computer: "A",
		Data: []Data{{Name: "Text", Value: strings.Repeat("x", 500)}, {Name: "Number", Value: uint32(n)}},
	}
}

func events(n int) (all []Event) {
	for i := range n {
		all = append(all, event(i))
	}
	return all
}

func TestSameEventsSameBytes(t *testing.T) {
	first, err := File(events(300))
	if err != nil {
		t.Fatal(err)
	}
	second, err := File(events(300))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("two runs differ")
	}
}

// TestChunksCountOn: a chunk's numbers go on where the one before stopped, and each chunk has its own names and templates.
func TestChunksCountOn(t *testing.T) {
	b, err := File(events(300))
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < fileHeaderSize+3*chunkSize {
		t.Fatalf("%d bytes hold less than three chunks", len(b))
	}
	next := uint64(1)
	for at := fileHeaderSize; at < len(b); at += chunkSize {
		c := b[at : at+chunkSize]
		le := binary.LittleEndian
		first, last := le.Uint64(c[8:]), le.Uint64(c[16:])
		if first != next || le.Uint64(c[24:]) != first || le.Uint64(c[32:]) != last {
			t.Errorf("chunk at %#x: numbers %d to %d, identifiers %d to %d, want the first to be %d",
				at, first, last, le.Uint64(c[24:]), le.Uint64(c[32:]), next)
		}
		if definitions := bytes.Count(c, utf16le("SystemTime")); definitions != 1 {
			t.Errorf("chunk at %#x: the name SystemTime is written %d times", at, definitions)
		}
		next = last + 1
	}
	if next != 301 || binary.LittleEndian.Uint64(b[24:]) != 301 {
		t.Errorf("next record %d, in the header %d", next, binary.LittleEndian.Uint64(b[24:]))
	}
}

// TestStream: a log written a chunk at a time is the one written at once.
func TestStream(t *testing.T) {
	want, err := File(events(300))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := NewStream(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events(300) {
		if err := s.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	size := s.Size()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(f.Name()); err != nil || !bytes.Equal(got, want) || size != int64(len(want)) {
		t.Errorf("%d bytes, said to be %d, want %d: %v", len(got), size, len(want), err)
	}
}

// TestTooLarge: an event that no chunk can hold is refused, and the file is as if it had never been written.
func TestTooLarge(t *testing.T) {
	var with, without Writer
	for _, e := range events(3) {
		for _, w := range []*Writer{&with, &without} {
			if err := w.Write(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	large := event(4)
	large.Data[0].Value = strings.Repeat("x", chunkSize/2)
	if err := with.Write(large); err == nil {
		t.Fatal("written")
	}
	if !bytes.Equal(with.Bytes(), without.Bytes()) {
		t.Error("the refused event left traces")
	}
}

func TestMistakesPanic(t *testing.T) {
	for _, v := range []Value{3.5, GUID("{1234}"), SID("S-1-x"), SID("1-5-18")} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%T %v was written", v, v)
				}
			}()
			encode(v)
		}()
	}
}
