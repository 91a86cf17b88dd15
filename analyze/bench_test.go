package analyze

import (
	"fmt"
	"iter"
	"net/netip"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// What the benchmarks' case holds: connections of each host, every second of which a process of it claims.
const (
	benchHosts     = 50
	benchConns     = 50_000
	benchProcesses = 20 // per host
)

// BenchmarkGather sorts and indexes the evidence.
func BenchmarkGather(b *testing.B) {
	sources := office()
	measure(b, func() { casefile.Gather(sources) })
}

// BenchmarkCorrelate joins connections with processes.
func BenchmarkCorrelate(b *testing.B) {
	sources := office()
	measure(b, func() {
		b.StopTimer()
		cf := casefile.Gather(sources) // the join takes its processes over
		b.StartTimer()
		for range correlate.Run(cf, nil).Links {
		}
	})
}

// BenchmarkRun is all between reading and printing.
func BenchmarkRun(b *testing.B) {
	sources := office()
	measure(b, func() {
		j, err := Join(b.Context(), sources, Options{Policy: policy.Default()})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := j.Judge(b.Context()); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkFlows makes the joined table.
func BenchmarkFlows(b *testing.B) {
	r, err := Join(b.Context(), office(), Options{Policy: policy.Default()})
	if err != nil {
		b.Fatal(err)
	}
	measure(b, func() {
		n := 0
		err := r.EachFlow(b.Context(), func(flows iter.Seq[*finding.Flow]) error {
			for range flows {
				n++
			}
			return nil
		})
		if err != nil || n != benchConns {
			b.Fatalf("%d flows, %v", n, err)
		}
	})
}

func measure(b *testing.B, run func()) {
	b.ReportAllocs()
	for b.Loop() {
		run()
	}
	b.ReportMetric(benchConns*float64(b.N)/b.Elapsed().Seconds(), "conns/s")
}

// office is a capture and the Sysmon logs of the hosts in it.
func office() []Source {
	capture := &evidence.Batch{}
	sources := []Source{{Batch: capture}}
	sources[0].File.Name = "cap"
	for h := range benchHosts {
		log := &evidence.Batch{}
		s := Source{Batch: log}
		s.File.Name = fmt.Sprintf("WS-%02d.evtx", h)
		sources = append(sources, s)
		for p := range benchProcesses {
			log.Process(evidence.Process{Header: header(log, s.File.Name, 1, h, noon), Program: benchProgram(h, p)})
		}
		for i := h; i < benchConns; i += benchHosts {
			c := benchConn(h, i)
			capture.Conn(c)
			if i/benchHosts%2 == 0 {
				log.Socket(evidence.Socket{Header: header(log, s.File.Name, 3, h, c.Start.Add(-3*time.Minute)), Program: benchProgram(h, i/benchHosts%benchProcesses),
					Kind: evidence.Connect, Transport: evidence.TCP, Src: c.Orig, Dst: c.Resp, Initiated: evidence.Yes})
			}
		}
	}
	return sources
}

// header is that of a Sysmon record, which the log counts.
func header(log *evidence.Batch, file string, id uint32, host int, at time.Time) evidence.Header {
	n := log.Records() + 1
	h := evidence.Header{Ref: evidence.Ref{File: file, Unit: "record", N: n}, Computer: fmt.Sprintf("WS-%02d.corp.test", host),
		Provider: "Microsoft-Windows-Sysmon", Channel: "Microsoft-Windows-Sysmon/Operational", EventID: id, RecordID: n, Digest: uint64(host)<<32 | n}
	h.Stamps[0] = evidence.Stamp{Time: at, Field: "UtcTime", Resolution: time.Millisecond}
	log.Record(h)
	return h
}

func benchProgram(host, n int) evidence.Program {
	return evidence.Program{PID: uint32(1000 + 4*n), EntityID: evidence.GUID{15: 1, 14: byte(n), 13: byte(host)}, Image: fmt.Sprintf(`C:\Program Files\App %d\app%d.exe`, n, n)}
}

// benchConn is one of 200 peers' connections, half of them a minute's TLS.
func benchConn(host, i int) evidence.Conn {
	at := noon.Add(time.Hour + time.Duration(i)*100*time.Millisecond)
	c := evidence.Conn{Ref: evidence.Ref{File: "cap", Unit: "frame", N: uint64(20*i + 1)}, Last: evidence.Ref{File: "cap", Unit: "frame", N: uint64(20*i + 19)},
		Sensor: "cap", Transport: evidence.TCP, OrigKnown: true, Start: at, End: at.Add(time.Minute),
		Orig: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(host), 7}), uint16(40000+i/benchHosts)),
		Resp: netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(i % 200)}), 443)}
	c.Volume.Payload = evidence.Pair{Orig: evidence.Measured(uint64(900 + i%700)), Resp: evidence.Measured(5000)}
	c.Volume.IP = evidence.Pair{Orig: evidence.Measured(uint64(1700 + i%700)), Resp: evidence.Measured(5800)}
	c.Series = []evidence.Point{{At: at, Orig: uint64(900 + i%700), Resp: 5000}}
	if i%2 == 0 {
		c.App = evidence.App{Protocol: "tls", Confirmed: true, Content: true, TLS: &evidence.TLS{SNI: fmt.Sprintf("www%d.example", i%200), JA4: "t13d1516h2"}}
	}
	return c
}
