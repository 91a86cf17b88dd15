package casefile

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A torn run yields one connection and then fails, as a disk may.
type torn struct{ err error }

func (r torn) Open(bool, *evidence.Texts) func() (*evidence.Conn, error) {
	first := conn("cap", "", noon)
	c := &first
	return func() (*evidence.Conn, error) {
		if next := c; next != nil {
			c = nil
			return next, nil
		}
		return nil, r.err
	}
}

// What cannot be read back is an error and not the end of the connections.
func TestConnectionsThatCannotBeReadBack(t *testing.T) {
	lost := errors.New("lost")
	cf := Gather([]Source{source("cap", func(b *evidence.Batch) {
		b.Conn(conn("cap", "", noon.Add(time.Minute)))
		b.Moved = []evidence.ConnRun{torn{lost}}
	})})
	conns(cf)
	if !errors.Is(cf.Conns.Err(), lost) {
		t.Errorf("error %v", cf.Conns.Err())
	}
}

// A survey numbers connections as they are numbered when they come by whole, whatever several sensors show twice, in tunnels and
// beside them.
func TestSurveyNumbersAlike(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	var sources []Source
	for _, sensor := range []string{"a", "b", "c"} {
		sources = append(sources, source(sensor, func(b *evidence.Batch) {
			b.Overflow = &shelf{}
			for i := range 200 {
				c := conn(sensor, "", noon.Add(time.Duration(rng.IntN(2000))*time.Second))
				c.Ref.N, c.End, c.MidStream = uint64(i+1), c.Start.Add(time.Minute), rng.IntN(3) == 0
				if rng.IntN(2) == 0 {
					c.Tunnel = evidence.Ref{File: sensor, Unit: "frame", N: 1}
				}
				b.Conn(c)
			}
			b.Settle()
		}))
	}
	cf := Gather(sources)
	var surveyed, whole []evidence.Conn
	for n, c := range cf.Conns.Survey() {
		if surveyed = append(surveyed, *c); n != len(surveyed)-1 {
			t.Fatalf("number %d of the %d surveyed", n, len(surveyed))
		}
	}
	for _, c := range cf.Conns.All() {
		whole = append(whole, *c)
	}
	if cf.Conns.Again() == 0 || !slices.EqualFunc(surveyed, whole, func(x, y evidence.Conn) bool {
		return x.Ref == y.Ref && x.Start.Equal(y.Start) && x.End.Equal(y.End) && x.MidStream == y.MidStream
	}) {
		t.Errorf("%d connections are surveyed, %d come by, and they are not the same; %d were met again", len(surveyed), len(whole), cf.Conns.Again())
	}
}
