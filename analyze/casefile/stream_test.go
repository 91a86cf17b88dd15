package casefile

import (
	"errors"
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
