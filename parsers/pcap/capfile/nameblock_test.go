package capfile

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	address4 = "\xc0\x00\x02\x01"
	address6 = "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
)

// TestNames: both kinds of addresses, synonyms, hardware addresses left out, and who was asked.
func TestNames(t *testing.T) {
	for name, o := range map[string]binary.ByteOrder{"little-endian": binary.LittleEndian, "big-endian": binary.BigEndian} {
		t.Run(name, func(t *testing.T) {
			n := section(o).iface(1, 0)
			at := len(n.b)
			n.block(blockNames, slices.Concat(
				n.option(1, []byte(address4+"www.example.test\x00alias.example.test\x00")...),
				n.option(2, []byte(address6+"six.example.test\x00")...), n.option(3, []byte("\x02\x00\x00\x00\x00\x01card\x00")...), n.option(0),
				n.option(1, []byte("as resolved")...), n.option(3, []byte("\xc0\x00\x02\x35")...), n.option(0)))
			n.packet(0, 1, "x")
			got := read(t, n.b)
			want := fmt.Sprintf("[{%[1]d 192.0.2.1 [www.example.test alias.example.test] 192.0.2.53} {%[1]d 2001:db8::1 [six.example.test] 192.0.2.53}]", at)
			if fmt.Sprint(got.info.Names) != want || len(got.problems) > 0 || len(got.frames) != 1 || got.info.Comment != "names: as resolved" {
				t.Errorf("%v %v %+v", got.frames, got.problems, got.info)
			}
		})
	}
}

// TestNamesDamaged: what makes no sense is one problem for the block, and the records before it count.
func TestNamesDamaged(t *testing.T) {
	n := section(binary.LittleEndian)
	good := n.option(1, []byte(address4+"www.example.test\x00")...)
	long := n.option(1, []byte(address4+strings.Repeat("x", maxNameBytes+1)+"\x00")...)
	for _, c := range []struct {
		why  string
		body []byte
		kept int
	}{
		{"no end", good, 1},
		{"a record longer than the block", append(slices.Clone(good), 1, 0, 0xff, 0xff), 1},
		{"no room for an address", slices.Concat(n.option(1, 1, 2), good, n.option(0)), 1},
		{"an address without a name", slices.Concat(n.option(2, []byte(address6)...), good, n.option(0)), 1},
		{"a name without an end", slices.Concat(n.option(1, []byte(address4+"www")...), good, n.option(0)), 1},
		{"a name longer than names are", slices.Concat(long, long, n.option(0)), 0},
	} {
		n := section(binary.LittleEndian)
		at := len(n.b)
		got := read(t, n.block(blockNames, c.body).b)
		if len(got.info.Names) != c.kept || len(got.problems) != 1 || got.problems[0].Kind != evidence.Damaged || got.problems[0].Ref.N != uint64(at) {
			t.Errorf("%s: %v %v", c.why, got.info.Names, got.problems)
		}
	}
}

// TestNamesAreBounded: a file may hold nothing but names.
func TestNamesAreBounded(t *testing.T) {
	n := section(binary.LittleEndian)
	record := n.option(1, []byte(address4+strings.Repeat("a\x00", 40))...)
	body := append(slices.Repeat(record, maxNames/2+1), n.option(0)...)
	got := read(t, n.block(blockNames, body).block(blockNames, body).block(blockNames, body).b)
	if len(got.info.Names) != maxNames || len(got.info.Names[0].Names) != maxSynonyms || len(got.problems) != 1 || got.problems[0].Kind != evidence.Unsupported {
		t.Errorf("%d names, %v", len(got.info.Names), got.problems)
	}
}

// TestPassedBlocks: what is not read is counted as what it is, however many types there are.
func TestPassedBlocks(t *testing.T) {
	n := section(binary.LittleEndian)
	for kind := range uint32(1000) {
		n.block(10, []byte("secret")).block(0x8000_0000+kind, nil)
	}
	got := read(t, n.block(9, nil).block(0xbad, nil).block(0x40000bad, nil).b)
	if fmt.Sprint(got.info.Passed) != "map[custom:2 decryption secrets:1000 other:1000 systemd journal:1]" || len(got.problems) > 0 {
		t.Errorf("%v %v", got.info.Passed, got.problems)
	}
}
