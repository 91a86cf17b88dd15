package coverage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// maxGaps bounds the gaps that are listed per log, maxFiles the files.
const (
	maxGaps  = 10
	maxFiles = 50
)

// hostCoverage says it of the hosts of the case; of those that only captures show, as far as maxNameless goes.
func (m *Meter) hostCoverage(c *correlate.Case) (out []finding.HostCoverage, unlisted int) {
	hosts := m.listed(c.Hosts)
	out = make([]finding.HostCoverage, 0, len(hosts))
	for _, h := range hosts {
		seen := m.hosts[h]
		hc := finding.HostCoverage{Name: h.Name, Aliases: h.Aliases, Addresses: h.Addrs, Clocks: h.Clocks, Processes: len(h.Processes),
			Connections: seen.connections, Linked: seen.linked, OutboundBytes: seen.sent, AttributedBytes: seen.attributed}
		if h.Logged {
			hc.Sources = sources(m.cf, h)
		}
		hc.Conclusions = aboutHost(&hc)
		out = append(out, hc)
	}
	return out, len(c.Hosts) - len(hosts)
}

// maxNameless bounds the local addresses without a log that are listed: nobody reads on for so long.
const maxNameless = 1 << 14

// listed leaves out hosts without a log where they are too many: those that sent least.
func (m *Meter) listed(all []*correlate.Host) []*correlate.Host {
	type seen struct {
		*correlate.Host
		presence
	}
	var nameless []seen
	for _, h := range all {
		if !h.Logged {
			nameless = append(nameless, seen{h, m.hosts[h]})
		}
	}
	if len(nameless) <= maxNameless {
		return all
	}
	slices.SortStableFunc(nameless, func(a, b seen) int {
		return cmp.Or(cmp.Compare(b.sent, a.sent), cmp.Compare(b.connections, a.connections))
	})
	out := map[*correlate.Host]bool{}
	for _, h := range nameless[maxNameless:] {
		out[h.Host] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(h *correlate.Host) bool { return out[h] })
}

// A presence is what connections at one host add up to.
type presence struct {
	connections, linked int
	sent, attributed    uint64
}

func (p presence) with(l *correlate.Link) presence {
	p.connections++
	if l.Process != nil {
		p.linked++
	}
	sent, _ := l.Sent()
	if l.Conn == nil || l.Conn.Carries || !sent.Known {
		return p
	}
	p.sent += sent.N
	if l.Process != nil {
		p.attributed += sent.N
	}
	return p
}

// named tells whether a computer name is one of the host's.
func named(h *correlate.Host, computer string) bool {
	return h.Name == computer || slices.Contains(h.Aliases, computer)
}

// sources puts the tallies of a host together, by log.
func sources(cf *casefile.Casefile, h *correlate.Host) []finding.SourceCoverage {
	by := map[string]*source{}
	var order []string
	for _, t := range cf.Tallies {
		if !named(h, t.Computer) {
			continue
		}
		k := strings.ToLower(cmp.Or(t.Channel, t.Provider))
		s := by[k]
		if s == nil {
			s = &source{SourceCoverage: finding.SourceCoverage{Name: cmp.Or(t.Channel, t.Provider)}, classes: map[evidence.Class]*evidence.Tally{}}
			by[k] = s
			order = append(order, k)
		}
		s.add(t)
	}
	slices.Sort(order)
	var out []finding.SourceCoverage
	for _, k := range order {
		s := by[k]
		s.finish()
		s.gaps(cf, h, k)
		s.cleared(cf, h, k)
		out = append(out, s.SourceCoverage)
	}
	return out
}

// A source is one log of one host while it is put together.
type source struct {
	finding.SourceCoverage
	classes map[evidence.Class]*evidence.Tally
}

func (s *source) add(t *evidence.Tally) {
	if len(s.Files) < maxFiles && !slices.Contains(s.Files, t.Ref.File) {
		s.Files = append(s.Files, t.Ref.File)
	}
	k := evidence.Class{Provider: t.Provider, EventID: t.EventID}
	if s.classes[k] == nil {
		s.classes[k] = &evidence.Tally{Class: k}
	}
	s.classes[k].Merge(t)
}

// finish counts every class, and names those that are read and do not occur.
func (s *source) finish() {
	var providers []string
	for k, t := range s.classes {
		c := finding.ClassCoverage{EventID: k.EventID, Meaning: meaning(k.Provider, k.EventID), Count: t.Distinct(), First: t.First.Time, Last: t.Last.Time}
		c.Read = c.Meaning != ""
		s.Classes = append(s.Classes, c)
		s.Records += c.Count
		s.span(t)
		if !slices.Contains(providers, k.Provider) {
			providers = append(providers, k.Provider)
		}
	}
	slices.SortFunc(s.Classes, func(a, b finding.ClassCoverage) int {
		return cmp.Or(cmp.Compare(a.EventID, b.EventID), cmp.Compare(b.Count, a.Count), a.First.Compare(b.First))
	})
	for _, c := range Classes {
		here := slices.ContainsFunc(providers, func(p string) bool { return strings.EqualFold(p, c.Provider) })
		seen := slices.ContainsFunc(s.Classes, func(x finding.ClassCoverage) bool { return x.Read && x.EventID == c.ID })
		if here && !seen {
			s.NotSeen = append(s.NotSeen, fmt.Sprintf("%d (%s)", c.ID, c.Meaning))
		}
	}
	slices.Sort(s.Files)
}

func (s *source) span(t *evidence.Tally) {
	if !t.First.IsZero() && (s.First.IsZero() || t.First.Time.Before(s.First) || t.First.Time.Equal(s.First) && t.First.Field < s.Field) {
		s.First, s.Field = t.First.Time, t.First.Field
	}
	if t.Last.Time.After(s.Last) {
		s.Last = t.Last.Time
	}
}

// gaps finds the RecordIDs missing between the first and the last of a log, over all files that hold it.
func (s *source) gaps(cf *casefile.Casefile, h *correlate.Host, channel string) {
	all := &evidence.Runs{}
	for _, l := range cf.Logs {
		if named(h, l.Computer) && strings.ToLower(l.Channel) == channel {
			runs, _ := l.IDs.List()
			for _, r := range runs {
				all.AddRun(r)
			}
		}
	}
	runs, _ := all.List()
	for i := 1; i < len(runs); i++ {
		s.GapsTotal++
		s.MissingRecords += runs[i].From - runs[i-1].To - 1
		s.Gaps = append(s.Gaps, finding.Gap{From: runs[i-1].To + 1, To: runs[i].From - 1})
	}
	slices.SortStableFunc(s.Gaps, func(a, b finding.Gap) int {
		return cmp.Or(cmp.Compare(b.To-b.From, a.To-a.From), cmp.Compare(a.From, b.From))
	})
	s.Gaps = s.Gaps[:min(len(s.Gaps), maxGaps)]
}

func (s *source) cleared(cf *casefile.Casefile, h *correlate.Host, channel string) {
	for _, c := range cf.Clearings {
		if named(h, c.Computer) && strings.ToLower(cmp.Or(c.Channel, c.Provider)) == channel {
			s.Cleared = append(s.Cleared, finding.ClearedLog{At: c.Time(), Log: cmp.Or(c.Log, c.Channel), User: c.User, Ref: c.Ref})
		}
	}
}
