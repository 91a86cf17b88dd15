package capfile

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

func FuzzPcap(f *testing.F) {
	f.Add(pcapFile(binary.LittleEndian, magicMicro, 65535, 1, "abc", "def", "ghi", "jkl"))
	f.Add(pcapFile(binary.BigEndian, magicModified, 2, 1, "abc"))
	f.Add(pcapFile(binary.BigEndian, magicNano, 2, 1, "abc", "d"))
	fuzz(f, false)
}

func FuzzPcapNG(f *testing.F) {
	f.Add(section(binary.LittleEndian).iface(1, 0).packet(0, 1, "aaaa").packet(0, 2, "bbbb").b)
	f.Add(section(binary.BigEndian).iface(1, 3).block(blockSimple, []byte{0, 0, 0, 9, 1, 2, 3, 0}).section().b)
	fuzz(f, true)
}

// fuzz: nothing panics or hangs, no frame is longer than the file, and no field of the file decides how much memory is taken.
func fuzz(f *testing.F, ng bool) {
	for _, b := range parsertest.Beginnings(f, 4<<10) {
		if ng == bytes.HasPrefix(b, []byte{0x0a, 0x0d, 0x0d, 0x0a}) {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > parsertest.MaxFuzz {
			t.Skip("larger than the bound speaks of")
		}
		parsertest.Bounded(t, func() { readAll(t, b) })
	})
}

func readAll(t *testing.T, b []byte) {
	r, err := Open(bytes.NewReader(b), int64(len(b)), func(evidence.Problem) {})
	if err != nil {
		return
	}
	var block Block
	var total int
	for err == nil {
		err = r.Read(&block)
		for _, f := range block.Frames {
			total += f.CapLen
			if f.CapLen != len(f.Data) || f.OrigLen < f.CapLen || f.Time.Year() > 9999 || f.Time.Before(time.Time{}) {
				t.Fatalf("frame %+v", f)
			}
		}
	}
	if total > len(b) {
		t.Errorf("%d bytes of frames in a file of %d", total, len(b))
	}
}
