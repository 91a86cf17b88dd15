package correlate

import (
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// However many processes ask for one name within seconds, a question on the wire is the first one's whose record may speak of it.
func TestOneAskerForEachQuestion(t *testing.T) {
	const many = 3000
	s := &scene{}
	at := func(i int) time.Time { return noon.Add(time.Duration(i) * 10 * time.Millisecond) }
	for i := range many {
		p := program(uint32(8+4*i), `C:\agent.exe`)
		if i%3 == 0 {
			p = evidence.Program{} // the log does not say who
		}
		s.batch.Lookup(evidence.Lookup{Header: s.header(sysmonProvider, 22, at(i), at(i)), Program: p, Name: "WWW.example.com"})
		s.conn(uint16(50_000+i), at(i), time.Second)
		q := evidence.Question{Name: "www.example.com", At: at(i)}
		s.batch.Conns[i].DNS = &evidence.DNS{Total: 2, Questions: []evidence.Question{q, {Name: "other.example.com", At: at(i)}}}
	}
	s.socket(sysmonProvider, 49_000, noon, noon, evidence.Program{})
	n := 0
	for l := range s.run().Links {
		if l.Conn == nil {
			continue
		}
		first := max(n-int(askSlack/(10*time.Millisecond)), 0)
		if first%3 == 0 {
			first++
		}
		if len(l.Asked) != 1 || l.Asked[0].Process == nil || l.Asked[0].Process.PID != uint32(8+4*first) {
			t.Fatalf("connection %d: %d look-ups, want that of process %d", n, len(l.Asked), 8+4*first)
		}
		n++
	}
	if n != many {
		t.Errorf("%d connections", n)
	}
}
