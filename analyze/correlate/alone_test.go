package correlate

import (
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Connections that only logs speak of come in one order, whichever host they are of, also those of one instant.
func TestHostsTakeTurns(t *testing.T) {
	const n, hosts = 3000, 7
	s := &scene{}
	for i := range n {
		at := noon.Add(time.Duration(i/5) * time.Second)
		h := s.header(sysmonProvider, 3, at, at)
		h.Computer = fmt.Sprintf("WS-%d", i*i%hosts)
		s.batch.Record(h)
		s.batch.Socket(evidence.Socket{Header: h, Program: program(7, `C:\agent.exe`), Kind: evidence.Connect, Transport: evidence.TCP, Initiated: evidence.Yes,
			Src: netip.AddrPortFrom(ws, uint16(60_000-i)), Dst: netip.AddrPortFrom(peer, 443)})
	}
	links := slices.Collect(s.run().Links)
	if len(links) != n {
		t.Errorf("%d links, want %d", len(links), n)
	}
	if !slices.IsSortedFunc(links, compareLinks) {
		t.Error("links are not in order")
	}
}

// Events of one tuple are one connection while they follow each other and can be of one process; the one that tells more of
// it is believed.
func TestEventsOfOneConnection(t *testing.T) {
	s := &scene{}
	for _, e := range []struct {
		minute int
		who    evidence.Program
	}{
		{0, evidence.Program{}}, {1, program(7, `C:\agent.exe`)}, {2, program(7, "")}, {2, program(9, `C:\other.exe`)}, {3, evidence.Program{}}, {9, program(7, `C:\agent.exe`)},
	} {
		at := noon.Add(time.Duration(e.minute) * time.Minute)
		s.socket(sysmonProvider, 50001, at, at, e.who)
	}
	var got []string
	for l := range s.run().Links {
		got = append(got, fmt.Sprint(l.Process.PID, len(l.Sockets), l.Start.Sub(noon).Minutes(), l.End.Sub(noon).Minutes()))
	}
	if want := []string{"7 3 0 2", "9 2 2 3", "7 1 9 9"}; !slices.Equal(got, want) {
		t.Errorf("process, events, start and end are %q, want %q", got, want)
	}
}

// Logs of 2 GB hold two million connections: what is kept of one, and what is known of it in the end, must stay small.
func TestConnectionsAreSmall(t *testing.T) {
	const n, ofSocket, ofConnection = 1 << 17, 48, 48
	before := inUse()
	log := &evidence.Batch{}
	for i := range n {
		h := evidence.Header{Computer: "WS-07", Provider: sysmonProvider, Channel: sysmonProvider + "/Operational", EventID: 3,
			Ref: evidence.Ref{File: "f", Unit: "record", N: uint64(i)}, RecordID: uint64(i), Digest: uint64(i + 1)}
		at := noon.Add(time.Duration(i) * 800 * time.Millisecond)
		h.Stamps[0] = evidence.Stamp{Time: at, Field: "UtcTime"}
		h.Stamps[1] = evidence.Stamp{Time: at.Add(time.Duration(i*7919%1e6) * time.Microsecond), Field: "TimeCreated"}
		log.Record(h)
		log.Socket(evidence.Socket{Header: h, Program: program(uint32(i%24), fmt.Sprintf(`C:\Tools\%d.exe`, i%24)), Kind: evidence.Connect, Transport: evidence.TCP, Initiated: evidence.Yes,
			Src: netip.AddrPortFrom(ws, uint16(i)), Dst: netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}), 443)})
	}
	if got := (inUse() - before) / n; got > ofSocket {
		t.Errorf("%d bytes are held of a socket, want at most %d", got, ofSocket)
	}
	cf := casefile.Gather([]casefile.Source{{File: finding.File{Name: "f"}, Batch: log}})
	log = nil
	c := Run(cf, nil)
	if got := (inUse() - before) / n; got > ofConnection {
		t.Errorf("%d bytes are held of a connection, want at most %d", got, ofConnection)
	}
	links := 0
	for range c.Links {
		links++
	}
	if links != n {
		t.Errorf("%d links, want %d", links, n)
	}
	runtime.KeepAlive(cf)
}
