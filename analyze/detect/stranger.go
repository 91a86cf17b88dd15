package detect

import (
	"fmt"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
)

const (
	// noVersion: vendors fill the version resource in, build tools leave it empty.
	noVersion = 30
	// notMicrosofts: only Windows and drivers put programs into the system folders.
	notMicrosofts = 40
)

// stranger: the file says nothing of its maker, or lies among the files of Windows and is not one of them.
var stranger = Detector{
	Name: "process.stranger", Family: finding.FamilyProcess,
	Innocent: "an in-house program whose makers left out the version data",
	Find: func(u *Usage, c *Context) []finding.Fact {
		for _, p := range u.Processes {
			if !c.stated(p) {
				continue
			}
			in := c.inSystemFolder(p.Image) && !strings.Contains(strings.ToLower(p.Image), `\driverstore\`)
			switch {
			case in && !strings.Contains(strings.ToLower(p.Company), "microsoft"):
				return fact(notMicrosofts, fmt.Sprintf("%s lies in a system folder and does not name Microsoft as its maker", shown(u.Image)), u.processRefs())
			case blank(p.Company) && blank(p.Product) && blank(p.Description):
				return fact(noVersion, fmt.Sprintf("%s names neither maker, product nor description", shown(u.Image)), u.processRefs())
			}
		}
		return nil
	},
}

// stated tells whether the start event carried version data: it has hashes, and the log fills in the maker of other
// programs of the host (older versions of Sysmon do not).
func (c *Context) stated(p *correlate.Process) bool { return p.Hashes != "" && c.companies[p.Host] }

func blank(s string) bool { return s == "" || s == "-" || s == "?" }
