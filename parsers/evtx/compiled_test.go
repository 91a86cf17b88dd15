package evtx

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Velocidex/ordereddict"
	"github.com/google/go-cmp/cmp"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
	"github.com/wirewitness/wirewitness/parsers/winevent"
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

// agree compares the two paths and returns how many records there are and how many the compiled one understood.
func agree(t testing.TB, name string, log []byte) (records, taken int) {
	t.Helper()
	want, wantProblems, _ := accounts(t, log, nil, nil)
	got, gotProblems, taken := accounts(t, log, newCompiled(), want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-reader +compiled):\n%.2000s", name, diff)
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
