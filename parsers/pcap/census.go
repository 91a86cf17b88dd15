package pcap

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// A census counts what a capture holds.
type census struct {
	c      evidence.Capture
	links  []capfile.LinkType // in order of appearance
	linked map[capfile.LinkType]bool
	link   capfile.LinkType // of the last frame
}

func (s *census) frame(f *capfile.Frame, c *contents) {
	s.measure(f)
	if f.LinkType != s.link || s.c.Frames == 1 {
		s.link = f.LinkType
		s.linkType(f.LinkType)
	}
	for i := range c.packets {
		if c.packets[i].badSum {
			s.c.BadChecksum++
		}
	}
	switch {
	case c.unsupported, c.err != nil:
		s.c.Undecoded++
	case len(c.packets) == 0:
		s.c.NotIP++
	}
}

func (s *census) linkType(l capfile.LinkType) {
	if !s.linked[l] {
		s.linked[l] = true
		s.links = append(s.links, l)
	}
}

func (s *census) measure(f *capfile.Frame) {
	s.c.Frames++
	s.c.Bytes += uint64(f.OrigLen)
	if f.CapLen < f.OrigLen {
		s.c.CutFrames++
	}
	if f.Time.IsZero() {
		return
	}
	switch {
	case s.c.First.IsZero():
		s.c.First, s.c.Last = f.Time, f.Time
	case f.Time.After(s.c.Last):
		s.c.Last = f.Time
	case f.Time.Before(s.c.First):
		s.c.First = f.Time
	}
}

func (s *census) capture(file string, info capfile.Info) evidence.Capture {
	c := s.c
	c.Ref, c.Sensor = evidence.Ref{File: file}, file
	c.Kind, c.Snaplen, c.Dropped, c.Comment = info.Kind, info.Snaplen, info.Dropped, remarks(info)
	for _, l := range s.links {
		c.LinkTypes = append(c.LinkTypes, linkName(l))
	}
	return c
}

// remarks is what the file says in words, and which of its blocks were not read.
func remarks(info capfile.Info) string {
	var all []string
	if info.Comment != "" {
		all = append(all, info.Comment)
	}
	for _, name := range slices.Sorted(maps.Keys(info.Passed)) {
		all = append(all, fmt.Sprintf("%s blocks not read: %d", name, info.Passed[name]))
	}
	return strings.Join(all, "; ")
}

// stateNames states what the file calls addresses.
func stateNames(file string, names []capfile.Name, out evidence.Sink) {
	for _, n := range names {
		out.Naming(evidence.Naming{
			Ref: evidence.Ref{File: file, Unit: "offset", N: uint64(n.Offset)}, Sensor: file, Addr: n.Addr.Unmap(), Names: n.Names, Server: n.Server,
		})
	}
}
