package detect

import (
	"fmt"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// folder: the program's file lies where ordinary users can write.
var folder = Detector{
	Name: "process.writable-folder", Family: finding.FamilyProcess,
	Innocent: "a program installed for one user only, or a portable tool that its user knows",
	Find: func(u *Usage, c *Context) []finding.Fact {
		f, ok := c.writable(u.Image)
		if !ok {
			return nil
		}
		return fact(f.Points, fmt.Sprintf("%s runs from a folder that ordinary users can write to (%s)", shown(u.Image), f.Path), u.processRefs())
	},
}

// writable returns the first folder of the policy that an image lies in.
func (c *Context) writable(image string) (policy.Folder, bool) {
	if i, ok := c.folders[image]; ok {
		return c.folder(i)
	}
	i := slices.IndexFunc(c.Policy.WritableFolders, func(f policy.Folder) bool { return image != "" && policy.Within(image, f.Path) })
	c.folders[image] = i
	return c.folder(i)
}

func (c *Context) folder(i int) (policy.Folder, bool) {
	if i < 0 {
		return policy.Folder{}, false
	}
	return c.Policy.WritableFolders[i], true
}
