package correlate

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A vote is one connection seen on both sides: how far the event's stamp is ahead of the connection's first packet.
type vote struct {
	diff time.Duration
	at   time.Time // the stamp
	conn *sight
}

// A peak is a cluster of votes.
type peak struct {
	offset, spread time.Duration
	conns          int
	members        []vote
}

// votes pairs the events of a writer with the connections of the same tuple. Connections whose beginning the capture
// missed cannot vote.
func (b *book) votes(sockets *evidence.Sockets, sn *sensor, field string, sample uint32) (all []vote, resolution time.Duration) {
	for st, s := range sn.ballots(sockets, field, sample) {
		if !s.midStream {
			all = append(all, vote{st.Time.Sub(s.start), st.Time, s})
			resolution = max(resolution, st.Resolution)
		}
	}
	return all, resolution
}

// ballots yields the stamps of events, each with every connection that it votes on, of one tuple in so many. Tuples of two fixed
// ports recur in every recording of the same hosts and have no vote.
func (sn *sensor) ballots(sockets *evidence.Sockets, field string, sample uint32) iter.Seq2[evidence.Stamp, *sight] {
	return func(yield func(evidence.Stamp, *sight) bool) {
		voters := map[*crowd]int{}
		for _, s := range sockets.All() {
			st, ok := s.Stamp(field)
			k := tupleOf(s)
			if !ok || k.Fixed() || sample > 1 && k.Hash()%sample != 0 {
				continue
			}
			if c := sn.crowds[k]; c != nil {
				if voters[c]++; voters[c] > voterBound {
					continue
				}
			}
			n := 0
			for seen := range sn.of(k) {
				if !yield(st, seen) {
					return
				}
				if n++; n == tupleBound {
					break
				}
			}
		}
	}
}

// sample is of how many tuples one has to vote for about as many votes as there may be. Events that repeat a tuple vote on all of
// its connections: a host that goes through its ports every hour would have the square of its events.
func (sn *sensor) sample(sockets *evidence.Sockets, field string) uint32 {
	votes := 0
	for range sn.ballots(sockets, field, 1) {
		votes++
	}
	return uint32(1 + votes/maxVotes)
}

// elect finds the densest cluster of votes and the steps beside it.
func (b *book) elect(votes []vote, resolution time.Duration, field string) *alignment {
	slices.SortFunc(votes, func(x, y vote) int {
		return cmp.Or(cmp.Compare(x.diff, y.diff), x.at.Compare(y.at), cmp.Compare(x.conn.number, y.conn.number))
	})
	window := voteWindow + resolution
	peaks := b.peaks(votes, window)
	densest := b.preferred(peaks, field)
	main := makePeak(around(votes, densest.offset))
	a := &alignment{resolution: resolution, core: densest.conns,
		Clock: finding.Clock{Offset: main.offset, Spread: main.spread, Votes: main.conns, Candidates: distinctConns(votes)}}
	b.steps(a, main, peaks)
	return a
}

const (
	// maxPeaks bounds how many clusters are looked at.
	maxPeaks = 8
	// rivalShare is the share of the best cluster's votes from which another one rivals it.
	rivalShare = 0.8
)

// peaks returns the densest clusters, best first. Each takes its votes away before the next is looked for.
func (b *book) peaks(votes []vote, window time.Duration) []peak {
	var all []peak
	rest := votes
	for len(all) < maxPeaks && len(rest) > 0 {
		from, to := densest(rest, window)
		p := makePeak(rest[from:to])
		all = append(all, p)
		rest = append(slices.Clone(rest[:from]), rest[to:]...)
	}
	return all
}

// densest returns the range of votes within one window that most connections agree on; the tightest of equals.
func densest(votes []vote, window time.Duration) (from, to int) {
	count := map[*sight]int{}
	best, i := 0, 0
	width := window
	for j, v := range votes {
		count[v.conn]++
		for v.diff-votes[i].diff > window {
			if count[votes[i].conn]--; count[votes[i].conn] == 0 {
				delete(count, votes[i].conn)
			}
			i++
		}
		if w := v.diff - votes[i].diff; len(count) > best || len(count) == best && w < width {
			best, from, to, width = len(count), i, j+1, w
		}
	}
	return from, to
}

// around returns the votes that the join would accept at an offset. The cluster says where the clock stands; its offset
// and spread are those of all events that follow it, the late ones included.
func around(votes []vote, offset time.Duration) []vote {
	return slices.DeleteFunc(slices.Clone(votes), func(v vote) bool { return (v.diff - offset).Abs() > joinSlack })
}

func makePeak(votes []vote) peak {
	diffs := make([]time.Duration, len(votes))
	for i, v := range votes {
		diffs[i] = v.diff
	}
	p := peak{offset: median(diffs), conns: distinctConns(votes), members: slices.Clone(votes)}
	for i := range diffs {
		diffs[i] = (diffs[i] - p.offset).Abs()
	}
	p.spread = median(diffs)
	return p
}

func distinctConns(votes []vote) int {
	seen := map[*sight]bool{}
	for _, v := range votes {
		seen[v.conn] = true
	}
	return len(seen)
}

// preferred chooses among clusters that rival each other, as when every connection is logged twice under two times:
// first the one whose events lie where the log's other records lie, then the smallest offset.
func (b *book) preferred(peaks []peak, field string) peak {
	first, last := b.activity(field)
	best := peaks[0]
	for _, p := range peaks[1:] {
		if float64(p.conns) < rivalShare*float64(peaks[0].conns) {
			continue
		}
		x, y := p.within(first, last), best.within(first, last)
		if x > y+0.2 || x >= y-0.2 && p.offset.Abs() < best.offset.Abs() {
			best = p
		}
	}
	return best
}

// within is the share of a cluster's events that lie in a span of time.
func (p *peak) within(first, last time.Time) float64 {
	n := 0
	for _, v := range p.members {
		if !v.at.Before(first) && !v.at.After(last) {
			n++
		}
	}
	return float64(n) / float64(len(p.members))
}

// activity is the span of a host's records other than network events by one of their fields, with a margin.
func (b *book) activity(field string) (first, last time.Time) {
	const margin = 10 * time.Minute
	see := func(h evidence.Header) {
		if s, ok := h.Stamp(field); ok {
			if first.IsZero() || s.Time.Before(first) {
				first = s.Time
			}
			if s.Time.After(last) {
				last = s.Time
			}
		}
	}
	for _, x := range b.processes {
		see(x.Header())
	}
	for _, x := range b.exits {
		see(x.Header())
	}
	for _, x := range b.accesses {
		see(x.Header())
	}
	return first.Add(-margin), last.Add(margin)
}

// steps adds the segments of a clock that was set while it was recorded: clusters of connections the main one does not
// explain, from a stretch of time of their own.
func (b *book) steps(a *alignment, main peak, peaks []peak) {
	explained := map[*sight]bool{}
	spans := [][2]time.Time{main.span()}
	for _, v := range main.members {
		explained[v.conn] = true
	}
	segs := []finding.ClockSegment{{From: main.span()[0], Offset: main.offset, Votes: main.conns}}
	for _, p := range peaks {
		if p.offset == main.offset {
			continue
		}
		rest := slices.DeleteFunc(slices.Clone(p.members), func(v vote) bool { return explained[v.conn] })
		if distinctConns(rest) < enoughVotes {
			continue
		}
		q := makePeak(rest)
		if span := q.span(); !overlaps(span, spans) {
			spans = append(spans, span)
			segs = append(segs, finding.ClockSegment{From: span[0], Offset: q.offset, Votes: q.conns})
			for _, v := range rest {
				explained[v.conn] = true
			}
		}
	}
	if len(segs) == 1 {
		return
	}
	slices.SortFunc(segs, func(x, y finding.ClockSegment) int { return x.From.Compare(y.From) })
	a.Segments, a.Steps = segs, len(segs)-1
	a.Offset = segs[0].Offset
	a.Votes = 0
	for _, s := range segs {
		a.Votes += s.Votes
	}
}

func (p *peak) span() [2]time.Time {
	first, last := p.members[0].at, p.members[0].at
	for _, v := range p.members {
		if v.at.Before(first) {
			first = v.at
		}
		if v.at.After(last) {
			last = v.at
		}
	}
	return [2]time.Time{first, last}
}

func overlaps(s [2]time.Time, others [][2]time.Time) bool {
	for _, o := range others {
		if !s[0].After(o[1]) && !o[0].After(s[1]) {
			return true
		}
	}
	return false
}
