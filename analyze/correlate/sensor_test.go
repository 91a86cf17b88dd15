package correlate

import (
	"cmp"
	"errors"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// onDisk makes the connections of a run, nil behind the last.
type onDisk func(i int, whole bool) *evidence.Conn

func (r onDisk) Open(whole bool, _ *evidence.Texts) func() (*evidence.Conn, error) {
	i := -1
	return func() (*evidence.Conn, error) {
		i++
		return r(i, whole), nil
	}
}

// second is the connection of a second, from a port of the workstation.
func second(i int, port uint16) *evidence.Conn {
	at := noon.Add(time.Duration(i) * time.Second)
	return &evidence.Conn{Ref: evidence.Ref{File: "f", Unit: "frame", N: uint64(port)}, Sensor: "cap", Transport: evidence.TCP, Start: at, End: at.Add(time.Second),
		Orig: netip.AddrPortFrom(ws, port), Resp: netip.AddrPortFrom(peer, 443), OrigKnown: true}
}

// Connections that logs speak of pass by whole as the others do, and are not held: there may be more than memory has room for.
func TestClaimedConnectionsPassBy(t *testing.T) {
	const conns, said = 1 << 14, 4 << 10
	s := &scene{}
	for i := range conns {
		at := noon.Add(time.Duration(i) * time.Second)
		s.socket(sysmonProvider, uint16(1024+i), at, at, program(7, `C:\agent.exe`))
	}
	s.batch.Moved = []evidence.ConnRun{onDisk(func(i int, whole bool) *evidence.Conn {
		if i == conns {
			return nil
		}
		c := second(i, uint16(1024+i))
		if whole {
			c.History = string(make([]byte, said))
		}
		return c
	})}
	n, most := 0, uint64(0)
	for l := range s.run().Links {
		if l.Process == nil || len(l.Conn.History) != said || l.Ends != 1 {
			t.Fatalf("connection %d is of %v and says %d bytes, at %d ends", n, l.Process, len(l.Conn.History), l.Ends)
		}
		if n++; n%(conns/8) == 0 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	if n != conns || most > conns*said/2 {
		t.Errorf("%d connections, want %d; %d MiB are held of the %d that they say", n, conns, most>>20, conns*said>>20)
	}
}

// No clock is measured by connections without a time, however many there are, and why none has a process is said. Whenever they
// were, they were to a name that was asked for.
func TestConnectionsWithoutTime(t *testing.T) {
	s := &scene{}
	for i := range 20 {
		s.conn(uint16(50_000+i), time.Time{}, 0)
		s.batch.Conns[i].Start, s.batch.Conns[i].End = time.Time{}, time.Time{}
		at := noon.Add(time.Duration(i) * time.Second)
		s.socket(sysmonProvider, uint16(50_000+i), at, at, program(7, `C:\agent.exe`))
	}
	s.batch.Lookup(evidence.Lookup{Header: s.header(sysmonProvider, 22, noon, noon), Program: program(7, `C:\agent.exe`), Name: "mail.example.com", Answers: []netip.Addr{peer}})
	c := s.run()
	if clocks := c.Hosts[0].Clocks; len(clocks) != 0 {
		t.Errorf("a clock was measured: %+v", clocks)
	}
	for l := range c.Links {
		if l.Conn != nil && (l.Attribution.Reason != "the sensor states no time for it" || !slices.Equal(l.Names, []string{"mail.example.com"})) {
			t.Errorf("%s is to %q and says %q", l.Local, l.Names, l.Attribution.Reason)
		}
	}
}

// Tuples that fall on one place are told apart, also where they begin at once and one of them is a crowd.
func TestTuplesOfOneHash(t *testing.T) {
	for _, n := range []int{1, 3 * few} {
		sn := &sensor{}
		k := func(port uint16) casefile.Tuple {
			return casefile.TupleOf(evidence.TCP, netip.AddrPortFrom(ws, port), netip.AddrPortFrom(peer, 443))
		}
		for i := range n + 1 {
			port := uint16(50_001 + i/n)
			sn.seen = append(sn.seen, sight{start: noon, end: noon, orig: netip.AddrPortFrom(ws, port), resp: netip.AddrPortFrom(peer, 443), transport: evidence.TCP, number: i})
		}
		sn.index()
		hash := sn.hash(k(50_002))
		for i := range sn.sorted {
			sn.sorted[i] = uint64(hash)<<32 | uint64(i)
		}
		sn.first, sn.crowds = map[uint32]uint32{hash: 0}, map[casefile.Tuple]*crowd{}
		sn.crowd(sn.sorted)
		if crowded := n > few; len(sn.crowds) > 1 || (sn.crowds[k(50_001)] != nil) != crowded {
			t.Errorf("%d of one tuple: %d crowds", n, len(sn.crowds))
		}
		if got, _ := sn.nearest(k(50_002), noon, time.Minute); got != &sn.seen[n] {
			t.Errorf("%d of one tuple: the other is %+v", n, got)
		}
	}
}

// Each link has the events of its own connection, all of them, in the order of their times, and its times.
func TestEachLinkHasItsOwnEvents(t *testing.T) {
	const conns, rounds = 60, 30
	s := &scene{}
	start := func(i int) time.Time { return noon.Add(time.Duration(i/20) * time.Second) }
	for i := range conns {
		s.conn(uint16(50_000+i), start(i), time.Hour)
	}
	for k := range rounds {
		for i := range conns {
			at := start(i).Add(time.Duration(k) * time.Millisecond)
			s.socket(sysmonProvider, uint16(50_000+i), at, at, program(7, `C:\agent.exe`))
		}
	}
	early := &s.batch.Conns[conns-1] // the capture begins in its middle, and takes the answering side for the other
	early.MidStream, early.OrigKnown, early.Orig, early.Resp = true, false, netip.AddrPortFrom(peer, 443), netip.AddrPortFrom(ws, 60_000)
	before := noon.Add(-time.Hour)
	s.socket(sysmonProvider, 60_000, before, before, program(8, `C:\early.exe`))
	in := &s.batch.Conns[conns-2] // the packets say that it was answered, the log that it was opened
	in.Orig, in.Resp = netip.AddrPortFrom(peer, 4000), netip.AddrPortFrom(ws, 445)
	s.batch.Socket(evidence.Socket{Header: s.header(sysmonProvider, 3, in.Start, in.Start), Program: program(4, "System"), Kind: evidence.Connect,
		Transport: evidence.TCP, Src: in.Resp, Dst: in.Orig, Initiated: evidence.Yes})
	n := 0
	for l := range s.run().Links {
		if l.Conn == nil {
			continue
		}
		n++
		if !l.Start.Equal(l.Conn.Start) || !l.End.Equal(l.Conn.End) {
			t.Errorf("%s lasts from %s to %s, its connection from %s to %s", l.Local, l.Start, l.End, l.Conn.Start, l.Conn.End)
		}
		if l.Conn.MidStream {
			if l.Process == nil || l.Process.PID != 8 || l.Outbound != evidence.Yes || l.Local.Port() != 60_000 {
				t.Errorf("what began before the capture is of %v, outbound %v from %s", l.Process, l.Outbound, l.Local)
			}
			continue
		}
		if l.Conn.Resp == in.Resp {
			if l.Process == nil || l.Process.PID != 4 || l.Outbound != evidence.No || l.Local != in.Resp || l.Remote != in.Orig {
				t.Errorf("what was answered is of %v, outbound %v from %s to %s", l.Process, l.Outbound, l.Local, l.Remote)
			}
			continue
		}
		if len(l.Sockets) != rounds || !slices.IsSortedFunc(l.Sockets, func(a, b *evidence.KeptSocket) int { return cmp.Compare(a.At(0), b.At(0)) }) {
			t.Errorf("%s has %d events, want %d in order", l.Local, len(l.Sockets), rounds)
		}
		for _, k := range l.Sockets {
			if k.Src() != l.Conn.Orig {
				t.Errorf("%s cites an event of %s", l.Local, k.Src())
			}
		}
	}
	if n != conns {
		t.Errorf("%d connections, want %d", n, conns)
	}
}

// An event that two sensors' connections fit speaks of both.
func TestEventOfTwoSensors(t *testing.T) {
	s := &scene{}
	for i := range 4 {
		at := noon.Add(time.Duration(i) * time.Minute)
		s.conn(uint16(50_000+i), at, time.Second)
		s.conn(uint16(50_000+i), at.Add(10*time.Second), time.Second) // too far off to be the same seen twice
		s.batch.Conns[2*i+1].Sensor = "other"
		s.socket(sysmonProvider, uint16(50_000+i), at, at, program(7, `C:\agent.exe`))
	}
	if got := owners(s.run()); !slices.Equal(got, slices.Repeat([]string{"agent.exe (7) tuple"}, 8)) {
		t.Errorf("%q", got)
	}
}

// Should connections ever come by otherwise than they were surveyed, the run ends with an error: no process is given the
// connection of another, and no event is lost.
func TestMixedUpConnections(t *testing.T) {
	const conns = 8
	for _, tt := range []struct {
		by, lost int // how far they are shifted, and how many do not come by
		want     error
	}{{0, 0, nil}, {1, 0, errMixedUp}, {0, 1, errMixedUp}} {
		s := &scene{}
		for i := range conns {
			at := noon.Add(time.Duration(i) * time.Second)
			s.socket(sysmonProvider, uint16(1024+i), at, at, program(uint32(1024+i), `C:\agent.exe`))
		}
		s.batch.Moved = []evidence.ConnRun{onDisk(func(i int, whole bool) *evidence.Conn {
			switch {
			case !whole && i < conns:
				return second(i, uint16(1024+i))
			case whole && i < conns-tt.lost:
				return second(i, uint16(1024+i+tt.by))
			}
			return nil
		})}
		cf := casefile.Gather([]casefile.Source{{File: finding.File{Name: "f"}, Batch: &s.batch}})
		for l := range Run(cf, nil).Links {
			if l.Process == nil || l.Process.PID != uint32(l.Conn.Orig.Port()) {
				t.Errorf("%+v: %s is of %v", tt, l.Conn.Orig, l.Process)
			}
		}
		if err := cf.Conns.Err(); !errors.Is(err, tt.want) {
			t.Errorf("%+v: error %v", tt, err)
		}
	}
}

// One flow that every process of a day claims costs no square.
func TestManyClaimsOnOneConnection(t *testing.T) {
	const many = 50_000
	s := &scene{}
	for i := range 4 {
		at := noon.Add(time.Duration(i) * time.Minute)
		s.conn(uint16(50_000+i), at, time.Second)
		s.socket(sysmonProvider, uint16(50_000+i), at, at, program(7, `C:\agent.exe`))
	}
	long := evidence.Conn{Ref: s.ref("frame"), Sensor: "cap", Transport: evidence.UDP, Orig: netip.AddrPortFrom(ws, 50_123), Resp: netip.AddrPortFrom(peer, 443),
		OrigKnown: true, Start: noon, End: noon.Add(many * time.Second)}
	s.batch.Conns = append(s.batch.Conns, long)
	for i := range many {
		at := noon.Add(time.Duration(i) * time.Second)
		s.batch.Socket(evidence.Socket{Header: s.header(sysmonProvider, 3, at, at), Program: program(uint32(1000+i), `C:\agent.exe`), Kind: evidence.Connect,
			Transport: evidence.UDP, Src: long.Orig, Dst: long.Resp, Initiated: evidence.Yes})
	}
	c, began := s.run(), time.Now()
	for l := range c.Links {
		if l.Transport == evidence.UDP && len(l.Sockets) != many {
			t.Errorf("%d events, want %d", len(l.Sockets), many)
		}
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it takes %v", took)
	}
}
