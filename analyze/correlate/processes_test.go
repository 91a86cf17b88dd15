package correlate

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A busy host gives its process numbers to thousands, one after the other. Looking for who had a number when must not go through
// them all: twice the log took four times as long.
func TestManyInstancesOfOnePID(t *testing.T) {
	const n, pid = 20_000, 4242
	var log evidence.Batch
	header := func(i int, class uint32) evidence.Header {
		h := evidence.Header{Computer: "WS-07", EventID: class, Ref: evidence.Ref{File: "f", Unit: "record", N: uint64(i)}}
		h.Stamps[0] = evidence.Stamp{Time: time.Unix(int64(1_700_000_000+20*i), 0).UTC(), Field: "TimeCreated"}
		return h
	}
	for i := range n {
		image := fmt.Sprintf(`C:\Tools\%d.exe`, i%7)
		log.Process(evidence.Process{Header: header(i, 4688), Program: evidence.Program{PID: pid, Image: image}})
		log.Access(evidence.Access{Header: header(i, 10),
			Source: evidence.Program{PID: pid, Image: image}, Target: evidence.Program{PID: 8, Image: fmt.Sprintf(`C:\%d.exe`, i%50)}})
	}
	starts := slices.Clone(log.Processes)
	b := &book{host: &Host{Name: "WS-07"}, processes: log.Processes, accesses: log.Accesses}
	begun := time.Now()
	b.fillTable()
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("%d starts took %v", n, took)
	}
	if got := len(b.table.byPID[pid]); got != n {
		t.Fatalf("%d processes of one number, want %d", got, n)
	}
	for i, p := range b.table.byPID[pid] {
		if want := fmt.Sprintf(`C:\Tools\%d.exe`, i%7); p.Image != want || i > 0 && !p.Start.Time().Equal(starts[i].Header().Stamps[0].Time) {
			t.Fatalf("process %d is %s since %v, want %s", i, p.Image, p.Start.Time(), want)
		}
	}
}
