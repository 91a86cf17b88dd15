package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	// readsLsass: memory of lsass.exe holds everybody's credentials.
	readsLsass = 40
	// threadElsewhere: the program started threads in others.
	threadElsewhere = 35
)

// reaching: the program itself reached into another process.
var reaching = Detector{
	Name: "process.reads-credentials", Family: finding.FamilyProcess, Technique: "T1003",
	Innocent: "security software that inspects lsass.exe",
	Find: func(u *Usage, c *Context) []finding.Fact {
		for _, p := range u.Processes {
			for _, a := range c.by[p] {
				if ordinaryAccess(a) {
					continue
				}
				target := policy.Base(a.KeptAccess.Target().Image)
				switch {
				case a.Kind() == evidence.Opened && target == "lsass.exe" && a.Granted()&vmRead != 0 && a.Unbacked():
					return fact(readsLsass, fmt.Sprintf("code outside any module of %s opened lsass.exe for reading its memory", who(p)), cite(a.Ref()))
				case a.Kind() == evidence.RemoteThread:
					return fact(threadElsewhere, fmt.Sprintf("%s started a thread in %s", who(p), target), cite(a.Ref()))
				}
			}
		}
		return nil
	},
}
