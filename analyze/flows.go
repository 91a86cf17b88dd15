package analyze

import (
	"cmp"
	"context"
	"iter"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// EachFlow hands over the records of the joined table: one per connection and per end that a host's log speaks for, in the
// order of their start. A record is valid until the next one. What take returns ends the run and is returned, and so is ctx's
// error, and one of reading connections back from disk.
func (j *Joined) EachFlow(ctx context.Context, take func(iter.Seq[*finding.Flow]) error) error {
	err := take(func(yield func(*finding.Flow) bool) {
		var f finding.Flow
		for l := range until(ctx, j.c.Links) {
			if j.scope.outOfTime(l) || !j.scope.covers(l.Host) {
				continue
			}
			if describe(&f, l, j.scope.Policy); !yield(&f) {
				return
			}
		}
	})
	return cmp.Or(err, ctx.Err(), j.cf.Conns.Err())
}

// describe makes f the record of a link.
func describe(f *finding.Flow, l *correlate.Link, p *policy.Policy) {
	*f = finding.Flow{Refs: f.Refs[:0], Process: program(l.Process), Conn: l.Conn, Transport: l.Transport, Start: l.Start, End: l.End, Attribution: l.Attribution}
	if l.Host != nil {
		f.Host = l.Host.Name
	}
	f.Orig, f.Resp, f.LocalIsOrig = l.Local, l.Remote, l.Outbound
	if l.Outbound == evidence.No {
		f.Orig, f.Resp = l.Remote, l.Local
	} else if len(l.Names) > 0 {
		f.Domain = l.Names[0]
	} else {
		f.Noted = l.Noted
	}
	if l.Conn != nil {
		observed(f, l.Conn)
	}
	if f.Protocol == "" && (l.Conn == nil || !l.Conn.Content) {
		f.SuggestedByPort = suggested(p, l.ServicePort())
	}
	f.CommunityID = communityID(f.Transport, f.Orig, f.Resp)
	for _, s := range l.Sockets[:min(len(l.Sockets), finding.MaxRefs)] {
		f.Refs = append(f.Refs, s.Ref())
	}
}

// observed adds what capture or sensor saw. The wire decides who is the originator.
func observed(f *finding.Flow, c *evidence.Conn) {
	f.Orig, f.Resp = c.Orig, c.Resp
	if c.Confirmed {
		f.Protocol, f.Inner, f.ProtocolBySensor = c.Protocol, c.Inner, c.UID != ""
	}
	f.Volume, f.State, f.History = c.Volume, c.State, c.History
	f.SensorRef, f.TunnelKind, f.Outer = c.Tunnel, c.TunnelKind, c.Carries
	f.Refs = append(f.Refs, c.Ref)
	if !c.Last.IsZero() && c.Last != c.Ref {
		f.Refs = append(f.Refs, c.Last)
	}
}

// program is what is known of a link's process; empty when nothing is.
func program(p *correlate.Process) (out finding.Process) {
	if p == nil {
		return out
	}
	out = finding.Process{Executable: p.Image, Name: p.Image[strings.LastIndexAny(p.Image, `\/`)+1:],
		CommandLine: p.CommandLine, User: p.User, Start: p.Start.Time()}
	if p.PID != 0 {
		out.PIDs = []uint32{p.PID}
	}
	if !p.EntityID.IsZero() {
		out.EntityIDs = []string{p.EntityID.String()}
	}
	return out
}

// suggested is the protocol whose own port this is, "" for none.
func suggested(p *policy.Policy, port uint16) string {
	for _, proto := range p.ProtocolList {
		if proto.Owns(port) {
			return proto.Name
		}
	}
	return ""
}
