package evtx

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/Velocidex/ordereddict"
	"github.com/google/go-cmp/cmp"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
	"github.com/wirewitness/wirewitness/parsers/winevent"
	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
)

// An account is all that a path says about one record.
type account struct {
	Header       evidence.Header
	ExecutionPID uint32
	UserSID      string
	Fields       map[string]string
}

// accounts reads a log by one of the paths. like lists the fields to ask for, record by record; without it they are those
// the reader found. taken counts the records that the compiled path understood.
func accounts(t testing.TB, log []byte, by *compiled, like []account) (all []account, problems evidence.Problems, taken int) {
	t.Helper()
	var batch evidence.Batch
	var em winevent.Emitter
	readBy(t, log, by, &batch, func(r *winevent.Record) {
		a := account{ExecutionPID: r.ExecutionPID, UserSID: r.UserSID, Fields: map[string]string{}}
		if _, ok := r.Fields.(*holes); ok {
			taken++
		}
		names := names(r.Fields)
		if len(all) < len(like) {
			names = nil
			for name := range like[len(all)].Fields {
				names = append(names, name)
			}
		}
		em.Emit(r, &batch)
		for _, name := range names {
			if s, ok := r.Fields.Field(name); ok {
				a.Fields[name] = s
			} else {
				a.Fields[name] = "(absent)"
			}
		}
		a.Header = r.Header
		all = append(all, a)
	})
	return all, batch.Problems, taken
}

// nameOf is the Name of a Data element.
func (v values) nameOf(item any) string {
	d, ok := item.(*ordereddict.Dict)
	if !ok {
		return ""
	}
	name, _ := d.Get("Name")
	s, _ := v.textOf(name)
	return s
}

// readBy reads a log and hands every record that it counts to event.
func readBy(t testing.TB, log []byte, by *compiled, out evidence.Sink, event func(*winevent.Record)) {
	t.Helper()
	f := &file{in: &parsers.Input{Name: "file", Size: int64(len(log)), ReaderAt: bytes.NewReader(log)}, out: out}
	if err := f.readHeader(); err != nil {
		t.Fatal(err)
	}
	w := newWorker(f, out)
	w.compiled, w.event = by, func(r *winevent.Record) {
		if r.Recovered != evidence.Leftover {
			event(r)
		}
	}
	if err := w.read(t.Context(), 0, f.chunks); err != nil {
		t.Fatal(err)
	}
	f.add(w.reach)
	f.checkEnd()
}

// names lists the fields that the reader's tree holds, and some that meanings ask for.
func names(of winevent.Fields) []string {
	f, ok := of.(*fields)
	if !ok {
		return nil
	}
	list := []string{"UtcTime", "processid", "ProcessGuid", "Image", "Channel"}
	data := f.locate()
	if data.dict == nil {
		return list
	}
	for _, key := range data.dict.Keys() {
		if key != "Data" && key != "Name" {
			list = append(list, key)
		}
	}
	node, _ := data.dict.Get("Data")
	items, _ := node.([]any)
	for _, item := range append(items, node) {
		if name := (values{kinds: data.kinds}).nameOf(item); name != "" {
			list = append(list, name)
		}
	}
	return list
}

// TestBothPathsAgree holds the compiled path to what the reader makes of the same records: one by one, field by field.
func TestBothPathsAgree(t *testing.T) {
	records, left := 0, 0
	for _, path := range logs(t) {
		log, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		total, taken := agree(t, filepath.Base(path), log)
		records, left = records+total, left+total-taken
		if total > taken {
			t.Logf("%s: %d of %d records left to the reader", filepath.Base(path), total-taken, total)
		}
	}
	t.Logf("%d of %d records left to the reader", left, records)
	if left > records/20 {
		t.Errorf("%d of %d records are left to the reader", left, records)
	}
}

// TestPathsAgreeOnDamage changes bytes of the records of recordings under sound checksums.
func TestPathsAgreeOnDamage(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, path := range logs(t) {
		log, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		log = log[:min(len(log), fileHeaderSize+chunkSize)]
		for range 4 {
			bad := bytes.Clone(log)
			c := bad[fileHeaderSize:]
			free := int(binary.LittleEndian.Uint32(c[48:]))
			if len(c) < chunkSize || free <= chunkHeaderSize || free > chunkSize {
				break
			}
			for range 1 + rnd.IntN(3) {
				c[chunkHeaderSize+rnd.IntN(free-chunkHeaderSize)] ^= byte(1 << rnd.IntN(8))
			}
			sealChunk(c)
			agree(t, filepath.Base(path), bad)
		}
	}
}

// TestPathsAgreeOnTypes stores fields that meanings read as numbers, GUIDs and times as something else.
func TestPathsAgreeOnTypes(t *testing.T) {
	odd := []evtxfile.Value{
		nil, "", "-", "4242", " 4242 ", "0x1092", "007", "4294967296", true, int8(-7), int16(-7), int32(-7), int64(-7), int32(7),
		uint8(200), uint16(65535), uint32(1 << 31), uint64(1 << 40), uint64(1<<64 - 1), []byte{1, 2}, []string{"1", "2"},
		evtxfile.HexInt32(0x1092), evtxfile.HexInt64(1 << 63), evtxfile.GUID("{00000000-0000-0000-0000-000000000000}"),
		evtxfile.GUID("{0B6C1C2A-7D51-6638-1A01-000000000400}"), evtxfile.SID("S-1-5-18"), evtxfile.FileTime(at),
		"2024-05-06 07:08:09.123", "2024-05-06 07:08:61.123", "2024-02-30 07:08:09.123", "2024-05-06 07:08:09.12x", "größe",
		"2024-05-06T07:08:09.123456Z", "2024-05-06 07:08:09.999", strings.Repeat("x", 5000),
	}
	var events []evtxfile.Event
	for _, e := range every()[:11] {
		for i := range e.Data {
			for _, v := range odd {
				changed := e
				changed.RecordID = uint64(len(events) + 1)
				changed.Data = slices.Clone(e.Data)
				changed.Data[i].Value = v
				events = append(events, changed)
			}
		}
	}
	if total, taken := agree(t, "types", logOf(t, events)); total != len(events) || taken != total {
		t.Errorf("%d of %d records, %d understood", total, len(events), taken)
	}
}

// TestSkippedRecordsAllocateNothing: a log of events that are not read costs the same however long it is.
func TestSkippedRecordsAllocateNothing(t *testing.T) {
	var events []evtxfile.Event
	for i := range 100 {
		e := every()[i%10]
		e.ID, e.RecordID = 4000+e.ID, uint64(i+1)
		events = append(events, e)
	}
	log := logOf(t, events)
	allocs := func(chunks int64) float64 {
		many := repeat(log, fileHeaderSize+chunks*chunkSize)
		return testing.AllocsPerRun(5, func() {
			sink := &counter{}
			if err := parse(t.Context(), &parsers.Input{Name: "file", Size: many.size, ReaderAt: many}, sink); err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := allocs(100), allocs(300); many-few > 20 {
		t.Errorf("%v allocations for 100 chunks, %v for 300", few, many)
	}
}

// agree compares the two paths and returns how many records there are and how many the compiled one understood.
func agree(t testing.TB, name string, log []byte) (records, taken int) {
	t.Helper()
	want, wantProblems, _ := accounts(t, log, nil, nil)
	got, gotProblems, taken := accounts(t, log, newCompiled(), want)
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%s (-reader +compiled):\n%.2000s", name, cmp.Diff(want, got))
	}
	if diff := cmp.Diff(said(wantProblems), said(gotProblems)); diff != "" {
		t.Errorf("%s (-reader +compiled):\n%.2000s", name, diff)
	}
	return len(want), taken
}

// said leaves out what only the compiled path does.
func said(ps evidence.Problems) (all []string) {
	for _, p := range ps.First {
		if !strings.Contains(p.Error(), "not in use") {
			all = append(all, p.Error())
		}
	}
	return all
}

// logs are the recordings, the samples and the fixtures.
func logs(t testing.TB) (all []string) {
	t.Helper()
	for _, dir := range []string{parsertest.Corpus(t), "../../samples", "testdata"} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && filepath.Ext(path) == ".evtx" {
				all = append(all, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}
