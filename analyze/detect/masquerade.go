package detect

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// Points for names that pretend.
const (
	// systemNameElsewhere: a name that comes with Windows, run from another folder.
	systemNameElsewhere = 50
	// renamedUnusual: the file says it is an interpreter, a script host or the like, and is called something else.
	renamedUnusual = 50
	// doubleExtension: a document's extension before the program's own.
	doubleExtension = 45
)

var twoExtensions = regexp.MustCompile(`\.(pdf|docx?|xlsx?|pptx?|txt|jpe?g|png|gif|zip|rar|csv|rtf|mp[34])\s*\.(exe|scr|com|pif|bat|cmd)$`)

// masquerade: name or original file name pretends to be something else.
var masquerade = Detector{
	Name: "process.pretends", Family: finding.FamilyProcess, Technique: "T1036",
	Innocent: "a renamed copy of an ordinary program that an installer or a vendor ships",
	Find: func(u *Usage, c *Context) []finding.Fact {
		name := u.Program()
		if strings.Contains(u.Image, `\`) && matchAny(c.Policy.SystemPrograms.Names, name) && !c.inSystemFolder(u.Image) {
			return fact(systemNameElsewhere, fmt.Sprintf("%s has the name of a Windows program and runs from another folder than Windows'", shown(u.Image)), u.processRefs())
		}
		if twoExtensions.MatchString(name) || strings.ContainsRune(name, '\u202e') {
			return fact(doubleExtension, fmt.Sprintf("%s is named to look like a document", shown(u.Image)), u.processRefs())
		}
		for _, p := range u.Processes {
			if o := original(p); o != "" && stem(o) != stem(name) && c.isUnusual(o) && !c.isUnusual(name) {
				return fact(renamedUnusual, fmt.Sprintf("%s says of itself that it is %s", shown(u.Image), o), u.processRefs())
			}
		}
		return nil
	},
}

func (c *Context) inSystemFolder(image string) bool {
	for _, f := range c.Policy.SystemFolders.Names {
		if policy.Within(image, f) {
			return true
		}
	}
	return false
}

func (c *Context) isUnusual(name string) bool {
	is, known := c.unusual[name]
	if !known {
		is = slices.ContainsFunc(c.Policy.UnusualProcessList, func(class policy.Class) bool { return matchAny(class.Programs, name) })
		c.unusual[name] = is
	}
	return is
}

// original is the OriginalFileName in lower case, without the ".mui" that resources of Windows carry; "" when the file
// states none.
func original(p *correlate.Process) string {
	o := strings.ToLower(strings.TrimSpace(p.OriginalName))
	if o == "-" || o == "?" {
		return ""
	}
	return strings.TrimSuffix(o, ".mui")
}

func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }
