package correlate

import (
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// large is connections on disk, each of which says a lot.
type large struct{ conns, said int }

func (r large) Open(whole bool, _ *evidence.Texts) func() (*evidence.Conn, error) {
	i := -1
	return func() (*evidence.Conn, error) {
		if i++; i == r.conns {
			return nil, nil
		}
		at := noon.Add(time.Duration(i) * time.Second)
		c := &evidence.Conn{Ref: evidence.Ref{File: "f", Unit: "frame", N: uint64(i + 1)}, Sensor: "cap", Transport: evidence.TCP, Start: at, End: at.Add(time.Second),
			Orig: netip.AddrPortFrom(ws, uint16(1024+i)), Resp: netip.AddrPortFrom(peer, 443), OrigKnown: true}
		if whole {
			c.History = string(make([]byte, r.said))
		}
		return c, nil
	}
}

// Connections that logs speak of pass by whole as the others do, and are not held: there may be more than memory has room for.
func TestClaimedConnectionsPassBy(t *testing.T) {
	const conns, said = 1 << 14, 4 << 10
	s := &scene{}
	for i := range conns {
		at := noon.Add(time.Duration(i) * time.Second)
		s.socket(sysmonProvider, uint16(1024+i), at, at, program(7, `C:\agent.exe`))
	}
	s.batch.Moved = []evidence.ConnRun{large{conns, said}}
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

// Tuples that fall on one place are told apart, also where one of them is a crowd.
func TestTuplesOfOneHash(t *testing.T) {
	sn := &sensor{}
	k := func(port uint16) casefile.Tuple {
		return casefile.TupleOf(evidence.TCP, netip.AddrPortFrom(ws, port), netip.AddrPortFrom(peer, 443))
	}
	for i := range 3 * few {
		port := uint16(50_001)
		if i%3 == 0 {
			port = 50_002
		}
		sn.seen = append(sn.seen, sight{start: noon.Add(time.Duration(i) * time.Hour), orig: netip.AddrPortFrom(ws, port), resp: netip.AddrPortFrom(peer, 443), transport: evidence.TCP, number: i})
	}
	sn.index()
	hash := sn.hash(k(50_002))
	for i := range sn.sorted {
		sn.sorted[i] = uint64(hash)<<32 | uint64(i)
	}
	sn.first, sn.crowds = map[uint32]uint32{hash: 0}, map[casefile.Tuple]*crowd{}
	sn.crowd(sn.sorted)
	if len(sn.crowds) != 1 || sn.crowds[k(50_001)] == nil {
		t.Errorf("%d crowds, want that of the many", len(sn.crowds))
	}
	for i := range sn.seen {
		s := &sn.seen[i]
		if got, _ := sn.nearest(s.tuple(), s.start, time.Minute); got != s {
			t.Errorf("at %s there is %v, want %v", s.start, got, s)
		}
	}
}
