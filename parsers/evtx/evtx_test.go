package evtx

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
)

// TestFixtures makes the files of testdata again. -update writes them, before TestFormat reads them.
func TestFixtures(t *testing.T) {
	dns := logOf(t, dnsClient())
	for name, want := range map[string][]byte{
		"dnsclient.evtx": dns,
		"damaged.evtx":   damaged(dns),
		"live.evtx":      live(logOf(t, every())),
	} {
		path := filepath.Join("testdata", name)
		if flag.Lookup("update").Value.String() == "true" {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what this test makes (go test -update writes it)", path)
		}
	}
}

func TestFormat(t *testing.T) { parsertest.Run(t, Format, "testdata") }

func TestSniff(t *testing.T) {
	headless := append(make([]byte, 4096), "ElfChnk\x00"...)
	cases := []struct {
		why  string
		head []byte
		want bool
	}{
		{"a log", []byte("ElfFile\x00rest"), true},
		{"a log whose first block is damaged", headless, true},
		{"the log format before Vista", []byte("\x30\x00\x00\x00LfLe"), false},
		{"a cut magic", []byte("ElfFil"), false},
		{"nothing", nil, false},
	}
	for _, c := range cases {
		if got := Format.Sniff(c.head); got != c.want {
			t.Errorf("%s: got %v", c.why, got)
		}
	}
}

func readLog(t testing.TB, b []byte) (*evidence.Batch, error) {
	t.Helper()
	batch, err := parsertest.Parse(t.Context(), Format, b)
	if err != nil && strings.HasPrefix(err.Error(), "panic") {
		t.Fatal(err)
	}
	return batch, err
}

// problems returns what a batch says was wrong, and how many records that cost.
func problems(b *evidence.Batch) (lost uint64, counted bool, texts []string) {
	counted = true
	for _, p := range b.Problems.First {
		lost += p.Lost
		counted = counted && p.Known
		texts = append(texts, p.Error())
	}
	return lost, counted, texts
}

func TestTimesAreExact(t *testing.T) {
	b, err := readLog(t, logOf(t, dnsClient()))
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range b.Lookups {
		if got := l.Header().Stamps[0]; !got.Time.Equal(tick(i)) || got.Resolution != 100*time.Nanosecond {
			t.Errorf("lookup %d: got %v to %v, want %v", i, got.Time, got.Resolution, tick(i))
		}
	}
}

// TestReferencesAreEventRecordIDs: exported logs count their record headers anew and keep the EventRecordID.
func TestReferencesAreEventRecordIDs(t *testing.T) {
	log := logOf(t, every())
	for i, p := range places(log) {
		binary.LittleEndian.PutUint64(log[p+8:], uint64(i+1))
	}
	b, err := readLog(t, log)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := b.Processes[0].Ref(), (evidence.Ref{File: "file", Unit: "record", N: 227150}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if c := b.Clearings[0]; c.User != `CORP\ann` {
		t.Errorf("1102 was done by %q", c.User)
	}
}

// TestDamage has one row per kind of damage: what it costs and what is said.
func TestDamage(t *testing.T) {
	whole := logOf(t, every())
	rec := places(whole)
	chunk := []byte("ElfChnk\x00")
	cases := []struct {
		why  string
		edit func(b []byte) []byte
		lost int
		open bool // cannot say how much is lost
		says string
	}{
		{"nothing wrong", func(b []byte) []byte { return b }, 0, false, ""},
		{"magic of a record", func(b []byte) []byte { b[rec[3]] = 0; return b }, 0, false, "1 damaged record headers"},
		{"size of a record", func(b []byte) []byte { b[rec[3]+5] ^= 0x80; return b }, 0, false, "1 damaged record headers"},
		{"size 0, which the reader reads again and again", func(b []byte) []byte { copy(b[rec[3]+4:], "\x00\x00\x00\x00"); return b }, 0, false, "1 damaged record headers"},
		{"copy of the size", func(b []byte) []byte { b[rec[4]-4] ^= 1; return b }, 0, false, "1 damaged record headers"},
		{"record number", func(b []byte) []byte { b[rec[3]+8] ^= 0x40; return b }, 0, false, "out of sequence"},
		{"size and its copy", func(b []byte) []byte { b[rec[3]+5] ^= 0x80; b[rec[4]-4] ^= 1; return b }, 0, false, "1 damaged record headers"},
		{"three headers in a row", func(b []byte) []byte {
			clear(b[rec[3] : rec[3]+24])
			clear(b[rec[4] : rec[4]+24])
			clear(b[rec[5] : rec[5]+24])
			return b
		}, 3, false, "unreadable between records"},
		{"magic of the first chunk", func(b []byte) []byte { b[4096] = 0; return b }, 0, false, "header checksum does not fit"},
		{"end of the records, too early", func(b []byte) []byte { b[4096+49] ^= 0x40; return b }, 0, false, "header checksum does not fit"},
		{"number of records", func(b []byte) []byte { b[4096+16] ^= 1; return b }, 0, true, "header checksum does not fit"},
		{"a character of a value", func(b []byte) []byte {
			i := bytes.Index(b, []byte("u\x00p\x00d\x00.\x00e\x00x\x00e\x00"))
			b[i] = 'U'
			return b
		}, 0, false, "checksum of the records does not fit"},
		{"the last chunk is missing", func(b []byte) []byte { return b[:len(b)-64<<10] }, -1, false, "1 of 2 chunks are missing"},
		{"a closed log that counts too few chunks", func(b []byte) []byte {
			b[42] = 1
			binary.LittleEndian.PutUint32(b[124:], crc32.ChecksumIEEE(b[:120]))
			return b
		}, 0, false, "counts 1 chunks, 2 are in use and were read"},
		{"the file header", func(b []byte) []byte { copy(b, "elf"); return b }, 0, false, "file header: checksum"},
		{"the second chunk is overwritten", func(b []byte) []byte {
			i := bytes.LastIndex(b, chunk)
			for j := range b[i:] {
				b[i+j] = 0xaa
			}
			return b
		}, -1, true, "neither a chunk nor empty"},
	}
	for _, c := range cases {
		t.Run(c.why, func(t *testing.T) {
			b, err := readLog(t, c.edit(bytes.Clone(whole)))
			if err != nil {
				t.Fatal(err)
			}
			lost, counted, texts := problems(b)
			said := strings.Join(texts, "\n")
			if counted == c.open || !strings.Contains(said, c.says) || (c.says == "" && said != "") {
				t.Errorf("says %q, counted %v", said, counted)
			}
			if c.lost >= 0 && lost != uint64(c.lost) {
				t.Errorf("lost %d, want %d", lost, c.lost)
			}
			if !c.open && b.Records()+lost != all {
				t.Errorf("%d records and %d lost are not %d", b.Records(), lost, all)
			}
		})
	}
}

// TestEveryFlip changes one byte after the other. Records that do not come back are counted, and no change inside what
// the checksums cover goes unmentioned.
func TestEveryFlip(t *testing.T) {
	whole := logOf(t, dnsClient())
	free := places(whole)[4] + 1
	for i := 0; i < free; i += 97 {
		bad := bytes.Clone(whole)
		bad[i] ^= 0x11
		b, err := readLog(t, bad)
		if err != nil {
			continue // the file header says so
		}
		lost, counted, texts := problems(b)
		if counted && b.Records()+lost != 5 {
			t.Errorf("byte %#x: %d records and %d lost are not 5: %q", i, b.Records(), lost, texts)
		}
		if covered := i < 124 || i >= 4096; covered && len(texts) == 0 {
			t.Errorf("byte %#x: not a word", i)
		}
		for _, p := range b.Problems.First {
			if p.Kind == evidence.Defect {
				t.Errorf("byte %#x: %v", i, p)
			}
		}
	}
}

// TestCutFile: what the missing part held is counted from the file header.
func TestCutFile(t *testing.T) {
	whole := logOf(t, every())
	for size := 4096; size < len(whole); size += 3001 {
		b, err := readLog(t, whole[:size])
		if err != nil {
			t.Fatal(err)
		}
		_, _, texts := problems(b)
		if b.Records() < all && !b.Problems.Incomplete {
			t.Errorf("cut at %d: %d records, and nothing said but %q", size, b.Records(), texts)
		}
	}
}

// TestUnfoldingIsBounded: 1,000 records of 56 bytes that use one template of 900 elements must not be unfolded, and must
// be counted.
func TestUnfoldingIsBounded(t *testing.T) {
	e := machine.DNSClient3006(at, tool, "", 0)
	e.Data = make([]evtxfile.Data, 900)
	for i := range e.Data {
		e.Data[i].Name = fmt.Sprint("field", i%10)
	}
	one := logOf(t, []evtxfile.Event{e})
	c := one[fileHeaderSize:]
	records := bytes.Clone(c[chunkHeaderSize:binary.LittleEndian.Uint32(c[48:])])
	use := bytes.LastIndex(records, []byte{tokFragment, 1, 1, 0, tokTemplate})
	n := uint64(1)
	for ; len(records) < chunkSize-chunkHeaderSize-56; n++ {
		r := make([]byte, 56)
		copy(r, recordMagic)
		r[4], r[52] = 56, 56
		binary.LittleEndian.PutUint64(r[8:], n+1)
		copy(r[recordHeaderSize:], records[use:use+14])
		records = append(records, r...)
	}
	b, err := readLog(t, around(records))
	if err != nil {
		t.Fatal(err)
	}
	lost, _, texts := problems(b)
	if b.Records() != 1 || lost != n-1 || !strings.Contains(texts[0], "unfolds to more than") {
		t.Errorf("%d records, %d lost: %q", b.Records(), lost, texts)
	}
}

func BenchmarkParse(b *testing.B) {
	whole := logOf(b, every())
	b.SetBytes(int64(len(whole)))
	for b.Loop() {
		batch, err := readLog(b, whole)
		if err != nil || batch.Records() != all {
			b.Fatal(fmt.Sprint(batch.Records(), err))
		}
	}
}
