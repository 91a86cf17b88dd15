package zeek

import (
	"fmt"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// loss adds up capture_loss: gaps are stretches that were acknowledged and never seen.
type loss struct{ gaps, acks evidence.Count }

func (l *loss) add(r row) {
	if gaps, acks := count(r, fGaps), count(r, fAcks); gaps.Known && acks.Known {
		l.gaps, l.acks = evidence.Measured(l.gaps.N+gaps.N), evidence.Measured(l.acks.N+acks.N)
	}
}

// describe states the loss in the capture: Zeek counts gaps, each at least one packet.
func (l *loss) describe(c *evidence.Capture, ds *doubts) {
	if !l.gaps.Known {
		return
	}
	c.Dropped = l.gaps
	ds.note(fmt.Sprintf("Zeek itself saw %d gaps behind %d acknowledgements", l.gaps.N, l.acks.N))
}
