package pcap

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// How long a connection may be silent before a packet of the same ends begins another. An open TCP connection may be
// silent for hours, so only a closed one ends this way.
const (
	datagramSilence = time.Minute
	closedSilence   = 5 * time.Minute
)

// maxLive bounds the connections that are followed at the same time; beyond, those silent longest are given up. It is more
// than a network of thousands of hosts has open, and at about a kilobyte each, what one capture may hold.
const maxLive = 1 << 17

// The lines that connections wait in for their next packet, by what ends the waiting.
const (
	datagrams = iota // silence
	open             // nothing
	closed           // a longer silence
	lines
)

// patienceIn is how long a connection waits in each line.
var patienceIn = [lines]time.Duration{datagrams: datagramSilence, closed: closedSilence}

// live holds the connections that may go on: in each line the one silent longest first, by the blocks of frames that they
// were last heard in.
type live struct {
	lines [lines]line
	n     int
	// earliest is the first time of the block of frames that is coming in, frames its length.
	earliest time.Time
	frames   int
	blocks   uint64
	max      int
	given    service.Tally // still open when they were given up
}

// heard puts a connection behind all others of its line, once a block: to do so touches three more.
func (l *live) heard(f *flow) {
	to := uint8(datagrams)
	if f.tcp != nil {
		to = open
		if f.tcp.over() {
			to = closed
		}
	}
	if f.pins > 0 || f.over || f.waits && f.line == to && f.block == l.blocks {
		return
	}
	l.leave(f)
	l.lines[to].add(f)
	f.line, f.block, f.waits = to, l.blocks, true
}

func (l *live) leave(f *flow) {
	if f.waits {
		l.lines[f.line].remove(f)
		f.waits = false
	}
}

// block is how many frames are looked at together to tell the time. Frames come out of order, and the clock of one may be
// wrong: the time is that of the earliest of them.
const block = 1024

// tick notes the time of a frame, and at the end of a block returns that of the block.
func (l *live) tick(at time.Time) (now time.Time, ok bool) {
	if l.frames++; !at.IsZero() && (l.earliest.IsZero() || at.Before(l.earliest)) {
		l.earliest = at
	}
	if l.frames < block {
		return time.Time{}, false
	}
	now = l.earliest
	l.frames, l.earliest = 0, time.Time{}
	l.blocks++
	return now, !now.IsZero()
}

// expire ends the connections that have been silent for so long that a later packet would begin another.
func (t *tracker) expire(now time.Time) {
	for i, patience := range patienceIn {
		for f := t.live.lines[i].first; f != nil && patience > 0 && f.silent(now) > patience; f = t.live.lines[i].first {
			t.end(f)
		}
	}
}

// makeRoom gives up the connection that has been silent longest by the number of its last frame: clocks may lie.
func (t *tracker) makeRoom() {
	var oldest *flow
	for _, l := range t.live.lines {
		if f := l.first; f != nil && (oldest == nil || f.last < oldest.last) {
			oldest = f
		}
	}
	if oldest == nil {
		return
	}
	if oldest.line != closed {
		t.live.given.Note(oldest.first, 1)
	}
	t.end(oldest)
}

// end lets go of a connection and states it, as soon as no fragments of its datagrams are waited for any more.
func (t *tracker) end(f *flow) {
	t.flows.remove(f)
	t.live.leave(f)
	f.over = true
	f.close()
	if f.pins == 0 {
		t.state(f)
	}
}

// state states a connection of which nothing more can be learned.
func (t *tracker) state(f *flow) {
	t.live.n--
	t.latest.over = append(t.latest.over, f)
}

// pin keeps a connection while fragments of one of its datagrams are held.
func (t *tracker) pin(f *flow) {
	t.live.leave(f)
	f.pins++
}

func (t *tracker) unpin(f *flow) {
	switch f.pins--; {
	case f.pins > 0:
	case f.over:
		t.state(f)
	default:
		t.live.heard(f)
	}
}

// endAll ends all connections, in the order of their first frames, and tells of as many together as there are frames in a block.
func (t *tracker) endAll(tell func() bool) {
	var rest []*flow
	for i := range t.live.lines {
		for f := t.live.lines[i].first; f != nil; f = f.waiting.behind {
			rest = append(rest, f)
		}
	}
	slices.SortFunc(rest, func(a, b *flow) int { return cmp.Compare(a.number, b.number) })
	for some := range slices.Chunk(rest, block) {
		for i, f := range some {
			t.end(f)
			some[i] = nil
		}
		if !tell() {
			return
		}
	}
}

// finish says what was not followed or not read wholly.
func (t *tracker) finish() {
	t.survey.gaveUp(t.live.given, fmt.Sprintf("connections given up while open, those silent longest, because more than %d were: what follows of them counts as further ones", maxLive))
	t.survey.gaveUp(t.unheld, fmt.Sprintf("segments whose content was not looked at, because more than %d MiB of such were waiting for what comes before them", maxBuffered>>20))
	t.survey.gaveUp(t.tunnels.forgotten, fmt.Sprintf("tunnels forgotten after %d others: what follows in them counts as connections of further ones", maxTunnels))
}
