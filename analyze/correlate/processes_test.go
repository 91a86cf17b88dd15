package correlate

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/analyze/finding"
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

// A GUID that no process has is not looked for among all that had its PID, nor is a start's twin where every start has one.
func TestManyGUIDsOfOnePID(t *testing.T) {
	const n, pid = 50_000, 4242
	var log evidence.Batch
	id := func(kind, i int) evidence.GUID {
		return evidence.GUID{0: byte(kind), 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)}
	}
	for i := range n {
		h := evidence.Header{Computer: "WS-07", EventID: 1, Ref: evidence.Ref{File: "f", Unit: "record", N: uint64(i)}}
		h.Stamps[0] = evidence.Stamp{Time: time.Unix(int64(1_700_000_000+i), 0).UTC(), Field: "UtcTime"}
		log.Process(evidence.Process{Header: h, Program: evidence.Program{EntityID: id(1, i), PID: pid}})
		log.Access(evidence.Access{Header: h, Source: evidence.Program{EntityID: id(1, i/2), PID: pid}, Target: evidence.Program{EntityID: id(2, i), PID: pid}})
	}
	b := &book{host: &Host{Name: "WS-07"}, processes: log.Processes, accesses: log.Accesses}
	begun := time.Now()
	b.fillTable()
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("%d starts and as many accesses took %v", n, took)
	}
	if got := len(b.table.all); got != 2*n {
		t.Errorf("%d processes, want those started and those accessed, %d", got, 2*n)
	}
}

// TestPartsMakeNoDifference: the processes of a large log are the same whether its starts are entered by one or by several, also
// where one start stands in it several times.
func TestPartsMakeNoDifference(t *testing.T) {
	const n = 30_000
	processes := func(procs int) (told []string) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		var log evidence.Batch
		for i := range n {
			h := evidence.Header{Computer: "WS-07", EventID: 1, Ref: evidence.Ref{File: "f", Unit: "record", N: uint64(i)}}
			h.Stamps[0] = evidence.Stamp{Time: noon.Add(time.Duration(i/3) * time.Second), Field: "UtcTime"}
			id := func(n int) evidence.GUID { return evidence.GUID{6: byte(n >> 8), 15: byte(n)} }
			log.Process(evidence.Process{Header: h, Program: evidence.Program{EntityID: id(i % (n - 500)), PID: uint32(4 * (i % 300)), User: fmt.Sprint(i % 7)},
				Parent: evidence.Program{EntityID: id(i / 2), PID: uint32(i % 5)}})
		}
		b := &book{host: &Host{Name: "WS-07"}, processes: log.Processes}
		b.fillTable()
		for _, p := range b.table.all {
			parent := &Process{}
			if p.Parent != nil {
				parent = p.Parent
			}
			told = append(told, fmt.Sprint(p.EntityID, p.PID, p.Details, p.Start, p.End, p.Refs(), parent.EntityID))
		}
		return told
	}
	if one, four := processes(1), processes(4); !slices.Equal(one, four) {
		t.Error("four make other processes of the starts than one")
	} else if len(one) == 0 || len(one) >= n {
		t.Errorf("%d processes of %d starts, some of which are one", len(one), n)
	}
}

// Logs of 2 GB hold 800,000 starts: what is kept of one, and the process made of it, must stay small.
func TestProcessesAreSmall(t *testing.T) {
	const n, ofStart, ofProcess = 50_000, 160, 160
	before := inUse()
	log := &evidence.Batch{}
	for i := range n {
		h := evidence.Header{Computer: "WS-07", Provider: sysmonProvider, Channel: sysmonProvider + "/Operational", EventID: 1,
			Ref: evidence.Ref{File: "f", Unit: "record", N: uint64(i)}, RecordID: uint64(i), Digest: uint64(i + 1)}
		h.Stamps[0] = evidence.Stamp{Time: noon.Add(time.Duration(i) * time.Second), Field: "UtcTime"}
		h.Stamps[1] = evidence.Stamp{Time: noon.Add(time.Duration(i) * time.Second), Field: "TimeCreated"}
		id := evidence.GUID{13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)}
		log.Record(h)
		log.Process(evidence.Process{Header: h, Program: evidence.Program{EntityID: id, PID: uint32(i % 5000), Image: fmt.Sprintf(`C:\Tools\%d.exe`, i%300)},
			CommandLine: fmt.Sprintf(`C:\Tools\%d.exe /work`, i%300), Parent: evidence.Program{EntityID: id, PID: 4}})
	}
	if got := (inUse() - before) / n; got > ofStart {
		t.Errorf("%d bytes are held of a start, want at most %d", got, ofStart)
	}
	cf := casefile.Gather([]casefile.Source{{File: finding.File{Name: "f"}, Batch: log}})
	log = nil
	c := Run(cf, nil)
	if got := (inUse() - before) / n; got > ofProcess {
		t.Errorf("%d bytes are held of a process, want at most %d", got, ofProcess)
	}
	if got := len(c.Hosts[0].Processes); got != n {
		t.Errorf("%d processes, want %d", got, n)
	}
	runtime.KeepAlive(cf)
}

// inUse is how many bytes are in use.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// An image that no process of a PID has is not looked for among all that had it, nor is the drive of every volume.
func TestManyImagesOfOnePID(t *testing.T) {
	const n, pid = 20_000, 4242
	var log evidence.Batch
	for i := range n {
		h := evidence.Header{Computer: "WS-07", EventID: 4688, Ref: evidence.Ref{File: "f", Unit: "record", N: uint64(i)}}
		h.Stamps[0] = evidence.Stamp{Time: time.Unix(int64(1_700_000_000+i), 0).UTC(), Field: "TimeCreated"}
		image := fmt.Sprintf(`\Tools\%d.exe`, i)
		log.Process(evidence.Process{Header: h, Program: evidence.Program{PID: pid, Image: "C:" + image}})
		log.Socket(evidence.Socket{Header: h, Program: evidence.Program{PID: pid, Image: `\device\harddiskvolume3` + image}})
		log.Access(evidence.Access{Header: h, Source: evidence.Program{PID: pid, Image: `D:\other.exe`}})
	}
	b := &book{host: &Host{Name: "WS-07"}, processes: log.Processes, sockets: log.Sockets, accesses: log.Accesses}
	begun := time.Now()
	b.fillTable()
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("%d starts took %v", n, took)
	}
	if v := b.volumes(); len(v) != 1 || !v[`\device\harddiskvolume3`]["C:"] {
		t.Errorf("volumes %v", v)
	}
}
