package suricata

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A doubt is one way in which the log does not say what was on the wire. It is stated once for the whole log.
type doubt uint8

const (
	frames doubt = iota
	gaps
	bypassed
	noOffset
	badTime
	early
	doubtKinds
)

// said is what a report says of each; %d is the number of events.
var said = [doubtKinds]string{
	frames:   "%d flows count the bytes of whole frames, link layer included: payload and IP bytes are not measured",
	gaps:     "%d flows have gaps: Suricata did not see all of their segments",
	bypassed: "%d flows were bypassed: what followed was counted and not looked at",
	noOffset: "%d times are written without an offset: read as UTC",
	badTime:  "%d times cannot be read",
	early:    "%d questions and flows were not waited for, too many at once: answers and directions that came later stand by themselves",
}

type doubts struct {
	n      [doubtKinds]uint64
	first  [doubtKinds]evidence.Ref
	events map[string]*uint64 // event types not used
}

func (ds *doubts) add(d doubt, at evidence.Ref) { ds.count(d, 1, at) }

func (ds *doubts) count(d doubt, n uint64, at evidence.Ref) {
	if ds.n[d] == 0 {
		ds.first[d] = at
	}
	ds.n[d] += n
}

// maxTypes bounds the event types told apart; Suricata has about fifty.
const maxTypes = 64

// unused counts an event of a type from which nothing is taken.
func (ds *doubts) unused(kind text) {
	if ds.events == nil {
		ds.events = map[string]*uint64{}
	}
	kind = kind[:min(len(kind), 40)]
	n, met := ds.events[string(kind)]
	if !met && len(ds.events) >= maxTypes {
		kind = text("other")
		n = ds.events[string(kind)]
	}
	if n == nil {
		n = new(uint64)
		ds.events[string(kind)] = n
	}
	*n++
}

// push reports times that cannot be read as a problem and returns everything as the comment of the log.
func (ds *doubts) push(out evidence.Sink) string {
	var all []string
	for d, n := range ds.n {
		if n > 0 {
			all = append(all, fmt.Sprintf(said[d], n))
		}
	}
	if n := ds.n[badTime]; n > 0 {
		out.Problem(evidence.Problem{Kind: evidence.Suspect, Ref: ds.first[badTime], Err: fmt.Errorf(said[badTime], n)})
	}
	for _, kind := range slices.SortedFunc(maps.Keys(ds.events), cmp.Compare[string]) {
		all = append(all, fmt.Sprintf("event type %q: %d lines counted, not used", kind, *ds.events[kind]))
	}
	return strings.Join(all, "; ")
}
