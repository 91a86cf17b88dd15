package detect

import (
	"fmt"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// commandLine: the command line of an instance hides what it does, or runs code from elsewhere.
var commandLine = Detector{
	Name: "process.command-line", Family: finding.FamilyProcess, Technique: "T1027",
	Innocent: "a management tool that encodes its scripts or hides their windows",
	Find: func(u *Usage, c *Context) []finding.Fact {
		for _, p := range u.Processes {
			if points, names := c.signsOf(p.Image, p.CommandLine); points > 0 {
				return fact(points, fmt.Sprintf("the command line of %s shows: %s", who(p), strings.Join(names, ", ")), cite(p.Refs()...))
			}
		}
		return nil
	},
}

// A command is an image and a command line.
type command struct{ image, line string }

// shownSigns are the signs of the policy that a command line shows: the points of the strongest and half of the others'.
type shownSigns struct {
	points float64
	names  []string
}

// maxCommands bounds the commands whose signs are remembered, and the images whose names are.
const maxCommands = 1 << 14

func (c *Context) signsOf(image, line string) (points float64, names []string) {
	k := command{image, line}
	s, known := c.commands[k]
	if !known {
		if len(c.commands) >= maxCommands {
			clear(c.commands)
		}
		s.points, s.names = c.findSigns(image, line)
		c.commands[k] = s
	}
	return s.points, s.names
}

func (c *Context) findSigns(image, line string) (points float64, names []string) {
	line = strings.ToLower(line)
	var strongest, rest float64
	for i, s := range c.Policy.CommandSigns {
		if len(s.Programs) > 0 && !matchAny(s.Programs, policy.Base(image)) || !c.signs[i].MatchString(line) {
			continue
		}
		names = append(names, s.Name)
		if s.Points > strongest {
			strongest, rest = s.Points, rest+strongest/2
		} else {
			rest += s.Points / 2
		}
	}
	return min(strongest+rest, 100), names
}

// who names a process instance.
func who(p *correlate.Process) string {
	return fmt.Sprintf("%s (PID %d)", shown(p.Image), p.PID)
}
