package pcap

import "github.com/wirewitness/wirewitness/parsers/pcap/service"

// maxOpenings bounds the bytes kept of all connections of a capture whose protocol is not known yet.
const maxOpenings = 64 << 20

// openings is what is kept of connections until their protocol is known.
type openings struct {
	bytes, max int
	stopped    service.Tally // connections whose protocol was looked for no longer
}

// hold counts what the session of a connection keeps.
func (l *openings) hold(f *flow) {
	n := 0
	if f.session != nil {
		n = f.session.Held()
	}
	l.bytes += n - f.held
	f.held = n
}

// stopLooking lets go of what is kept of other connections, those first that are over and those that have been silent longest,
// until half of the room is free: then this comes up once for as many bytes of the capture.
func (t *tracker) stopLooking(but *flow) {
	for _, i := range [...]int{closed, datagrams, open} {
		for f := t.live.lines[i].first; f != nil && t.openings.bytes > t.openings.max/2; f = f.behind {
			if f.held > 0 && f != but {
				t.openings.stopped.Note(f.first, 1)
				f.settle()
			}
		}
	}
}
