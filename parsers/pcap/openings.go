package pcap

import "github.com/wirewitness/wirewitness/parsers/pcap/service"

// maxOpenings bounds the bytes kept of all connections of a capture whose protocol is not known yet.
const maxOpenings = 64 << 20

// openings is what is kept of connections until their protocol is known.
type openings struct {
	bytes, max int
	line       line          // of the connections of which something is kept, by when that began
	stopped    service.Tally // connections whose protocol was looked for no longer
}

// hold counts what the session of a connection keeps.
func (l *openings) hold(f *flow) {
	n := 0
	if f.session != nil {
		n = f.session.Held()
	}
	if n == f.held {
		return
	}
	switch {
	case f.held == 0:
		l.line.add(f)
	case n == 0:
		l.line.remove(f)
	}
	l.bytes += n - f.held
	f.held = n
}

// stopLooking lets go of what is kept of other connections, those first whose protocol was looked for longest, until half of the
// room is free: then this comes up once for as many bytes of the capture.
func (l *listener) stopLooking(but *flow) {
	for f := l.openings.line.first; f != nil && l.openings.bytes > l.openings.max/2; {
		next := f.kept.behind
		if f != but {
			l.openings.stopped.Note(f.first, 1)
			l.settle(f)
		}
		f = next
	}
}
