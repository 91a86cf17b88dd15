package pcap

import (
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// A listener feeds what connections carry to package service, beside the tracker that puts it together. What one connection says
// of another is known to all that begin later.
type listener struct {
	sessions service.Pool
	openings openings
	awaited  announcements
	forgot   time.Time // when announcements were last removed that nobody came for
	// unawaited counts announcements that found no room.
	unawaited service.Tally
}

// A hearing is what the listener knows of a connection. It is nobody else's until the connection is told, but for deaf.
type hearing struct {
	session   *service.Session // nil before the first payload and when it wants no more
	result    service.Result   // once the listener is deaf
	announced *announcement    // by another connection's content

	held int      // bytes that the session keeps
	kept standing // in openings

	// deaf tells that the listener has heard enough. To the tracker, which may be ahead of it, it spares work; what comes out does
	// not depend on when the tracker sees it.
	deaf atomic.Bool
}

func newListener(file string) *listener {
	return &listener{sessions: service.Pool{File: file}, awaited: announcements{}, openings: openings{max: maxOpenings, line: line{heard: true}}}
}

// listen hears stretch after stretch and passes them on.
func (l *listener) listen(all iter.Seq[*stretch], yield func(*stretch) bool) {
	for s := range all {
		l.hear(s)
		if !yield(s) {
			return
		}
	}
}

// hear takes the turns of a stretch, which then hold on to nothing any more: content may have waited in memory of its own.
func (l *listener) hear(s *stretch) {
	for i := range s.turns {
		switch t := &s.turns[i]; t.what {
		case begun:
			t.flow.announced = l.awaited.take(t.flow, t.At)
		case spoken:
			l.feed(t.flow, t.Chunk)
		case ended:
			l.settle(t.flow)
		}
	}
	clear(s.turns)
	s.turns = s.turns[:0]
}

// feed hands content over and lets go of the session when it has seen enough.
func (l *listener) feed(f *flow, c service.Chunk) {
	if f.deaf.Load() {
		return
	}
	if f.session == nil {
		f.session = l.sessions.Session(f.transport())
		f.session.SetEnds(address(f.key.lo), address(f.key.hi))
	}
	f.session.Feed(c)
	l.openings.hold(f)
	for _, e := range f.session.Expected() {
		l.announce(f, e, c.At)
	}
	if f.session.Done() {
		l.settle(f)
	} else if l.openings.bytes > l.openings.max {
		l.stopLooking(f)
	}
}

// settle keeps what the content said and follows it no further.
func (l *listener) settle(f *flow) {
	if f.session != nil {
		f.session.End(&f.result)
		f.session = nil
		l.openings.hold(f)
	}
	f.deaf.Store(true)
}

// finish says what was not listened to.
func (l *listener) finish(s *survey) {
	s.gaveUp(l.openings.stopped, fmt.Sprintf("connections whose protocol was not looked for to the end, because more than %d MiB of such were kept", maxOpenings>>20))
	s.gaveUp(l.unawaited, fmt.Sprintf("connections announced by others that will not be known by it, because %d announcements were waiting", maxAwaited))
	s.gaveUp(l.sessions.Unkept, fmt.Sprintf("messages of DHCP whose names and addresses are not known, beyond the first %d", service.MaxLeases))
}
