package detect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// unusual: the program is of a kind that is not normally associated with network activity (UnusualProcessList), or not
// with this protocol.
var unusual = Detector{
	Name: "process.unusual", Family: finding.FamilyProcess,
	Innocent: "an administrator's or a management tool's script that is known to its owner",
	Find: func(u *Usage, c *Context) []finding.Fact {
		class, ok := c.class(u)
		if !ok {
			return nil
		}
		p, how := c.spoken(u)
		if how != "" && slices.Contains(class.Usual, p.Name) {
			return nil
		}
		protocol := "a protocol that is not known"
		if how != "" {
			protocol = suggested(p, how)
		}
		verb := "speaks"
		if u.Inbound {
			verb = "is spoken to in"
		}
		return fact(class.Points, fmt.Sprintf("%s is %s and %s %s", shown(u.Image), article(class.Name), verb, protocol), u.processRefs())
	},
}

func article(noun string) string {
	if strings.ContainsRune("AEIOUaeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// class is the kind of unusual program that the usage's program is; a renamed one goes by its original file name.
func (c *Context) class(u *Usage) (policy.Class, bool) {
	if !u.Known() {
		return policy.Class{}, false
	}
	names := []string{u.Program()}
	for _, p := range u.Processes {
		if o := original(p); o != "" && !slices.Contains(names, o) {
			names = append(names, o)
		}
	}
	for _, name := range names {
		for _, class := range c.Policy.UnusualProcessList {
			if matchAny(class.Programs, name) {
				return class, true
			}
		}
	}
	return policy.Class{}, false
}
