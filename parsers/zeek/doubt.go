package zeek

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A doubt is one way in which a log does not say what was on the wire. It is reported once for the whole log.
type doubt uint8

const (
	unset doubt = iota
	noOrig
	noResp
	checksums
	jump
	offload
	flipped
	badTime
	noQuestion
	manyTunnels
	doubtKinds
)

// said is what a report says of each; %d is the number of lines.
var said = [doubtKinds]string{
	unset:       "%d connections without byte counts (a single packet has no duration): not measured, not 0",
	noOrig:      "%d connections show nothing of the originator, or packets of it with wrong checksums that Zeek threw away: what it sent is not measured",
	noResp:      "%d connections show nothing of the responder, or packets of it with wrong checksums that Zeek threw away: what it sent is not measured",
	checksums:   "%d connections had packets with wrong checksums, typical of offload on the capturing host; Zeek drops them unless it runs with -C",
	jump:        "%d connections claim far more payload than their packets can have carried (a jump in the sequence numbers): bytes of that side not used",
	offload:     "%d connections have IP lengths too small for their payload, typical of segmentation offload on the capturing host: IP bytes of that side not used",
	flipped:     "%d connections were turned round by Zeek because of a port, no SYN was seen",
	badTime:     "%d lines state no time that can be read",
	noQuestion:  "%d DNS lines have an answer without a question",
	manyTunnels: "%d connections name a tunnel beyond those that are held of one log: which connection carried them is not known",
}

// suspect are the doubts on whose account something the log says is not used.
var suspect = []doubt{noOrig, noResp, jump, offload, badTime, manyTunnels}

// doubts counts them, with the first line of each.
type doubts struct {
	n     [doubtKinds]uint64
	first [doubtKinds]evidence.Ref
	notes []string // remarks about the log as a whole, each once
}

func (p *parser) doubt(d doubt) {
	if p.doubts.n[d] == 0 {
		p.doubts.first[d] = p.ref()
	}
	p.doubts.n[d]++
}

func (ds *doubts) note(s string) {
	if len(ds.notes) < 10 && !slices.Contains(ds.notes, s) {
		ds.notes = append(ds.notes, s)
	}
}

// push reports each doubt about values that are not used as one problem, and returns all of them as the comment of the
// log.
func (ds *doubts) push(file string, out evidence.Sink) string {
	var comment []string
	for d, n := range ds.n {
		if n == 0 {
			continue
		}
		text := fmt.Sprintf(said[d], n)
		comment = append(comment, text)
		if slices.Contains(suspect, doubt(d)) {
			out.Problem(evidence.Problem{Kind: evidence.Suspect, Ref: ds.first[d], Err: fmt.Errorf("%s", text)})
		}
	}
	return strings.Join(append(comment, ds.notes...), "; ")
}
