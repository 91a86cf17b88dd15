package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// folder: the program's file lies where ordinary users can write.
var folder = Detector{"process.writable-folder", finding.FamilyProcess, func(u *Usage, c *Context) []finding.Fact {
	f, ok := c.writable(u.Image)
	if !ok {
		return nil
	}
	return fact(f.Points, fmt.Sprintf("%s runs from a folder that ordinary users can write to (%s)", u.Program(), f.Path), u.processRefs())
}}

// writable returns the first folder of the policy that an image lies in.
func (c *Context) writable(image string) (policy.Folder, bool) {
	if image == "" {
		return policy.Folder{}, false
	}
	for _, f := range c.Policy.WritableFolders {
		if policy.Within(image, f.Path) {
			return f, true
		}
	}
	return policy.Folder{}, false
}
