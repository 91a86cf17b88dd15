package correlate

import (
	"net/netip"
	"testing"
	"time"
)

// Links that nobody looks at any more are used again, and each says what it should as long as it is looked at. Those of
// processes stay as they are.
func TestLinksAreUsedAgain(t *testing.T) {
	const n = 20 * batchSize
	s := &scene{}
	for i := range n {
		s.conn(uint16(1024+i), noon.Add(time.Duration(i)*time.Second), time.Second)
		if i > 0 {
			s.batch.Conns[i].Resp = netip.AddrPortFrom(peer, 80) // which no process is known to use
		}
	}
	s.socket(sysmonProvider, 1024, noon, noon, program(7, `C:\agent.exe`))
	c := s.run()
	for range 2 {
		met := map[*Link]bool{}
		var first *Link
		i := 0
		for l := range c.Links {
			if at := noon.Add(time.Duration(i) * time.Second); l.Local.Port() != uint16(1024+i) || !l.Start.Equal(at) || l.Conn.Orig != l.Local || !l.Conn.Start.Equal(at) {
				t.Fatalf("link %d is of %s at %s, its connection of %s", i, l.Local, l.Start, l.Conn.Orig)
			}
			if i == 0 {
				first = l
			}
			met[l] = true
			i++
		}
		if most := (maxWaiting + 3) * batchSize; i != n || len(met) > most {
			t.Errorf("%d connections in %d links, want %d in at most %d", i, len(met), n, most)
		}
		if first.Process == nil || first.Local.Port() != 1024 || first.Conn.Orig.Port() != 1024 {
			t.Errorf("the link of a process has become %+v", first)
		}
	}
}
