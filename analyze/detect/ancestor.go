package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

const (
	// fromWritable: started, directly or not, by a program that no administrator installed.
	fromWritable = 30
	// fromInterpreter: a command that an interpreter runs is part of a script.
	fromInterpreter = 20
	// fromHidden: the script above it hides itself.
	fromHidden = 35
)

// ancestor: something above the program in the process tree is odd in itself, and the program is one that acts for
// whoever starts it.
var ancestor = Detector{
	Name: "process.ancestor", Family: finding.FamilyProcess,
	Innocent: "an administrator's script, or a command typed in a tool that its user knows",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if !c.isUnusual(u.Program()) {
			return nil
		}
		for _, p := range u.Processes {
			if points, text := c.oddAncestor(p); points > 0 {
				return fact(points, fmt.Sprintf("%s descends from %s", who(p), text), cite(p.Refs()...))
			}
		}
		return nil
	},
}

func (c *Context) oddAncestor(p *correlate.Process) (points float64, text string) {
	for range maxChain {
		image, line, pid := p.ParentImage, p.ParentLine, p.ParentPID
		if p.Parent != nil {
			image, line, pid = p.Parent.Image, p.Parent.CommandLine, p.Parent.PID
		}
		if image == "" {
			return 0, ""
		}
		name := policy.Base(image)
		if f, ok := c.writable(image); ok {
			return fromWritable, fmt.Sprintf("%s (PID %d) in a folder that ordinary users can write to (%s)", shown(image), pid, f.Path)
		}
		if n, signs := c.signsOf(image, line); n > 0 {
			return fromHidden, fmt.Sprintf("%s (PID %d), whose command line shows: %s", shown(image), pid, listed(signs, len(signs)))
		}
		if interpreting(name) {
			return fromInterpreter, fmt.Sprintf("the interpreter %s (PID %d)", shown(image), pid)
		}
		if p.Parent == nil {
			return 0, ""
		}
		p = p.Parent
	}
	return 0, ""
}

// interpreting leaves cmd.exe out: it is what people open to type commands.
func interpreting(name string) bool {
	return matchAny([]string{"powershell.exe", "pwsh.exe", "python*.exe", "wscript.exe", "cscript.exe", "mshta.exe", "rundll32.exe", "regsvr32.exe", "scrcons.exe"}, name)
}
