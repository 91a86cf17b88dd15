package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	// remoteThread: another program started a thread in this one.
	remoteThread = 45
	// writtenInto: another program opened it for writing memory from code outside any module.
	writtenInto = 35
	// openedFully: the same with every right there is, which managed programs ask for when they list processes.
	openedFully = 15
)

// vmWrite and vmOperation are the access rights that writing into another process takes (PROCESS_VM_WRITE,
// PROCESS_VM_OPERATION).
const (
	vmOperation = 0x0008
	vmRead      = 0x0010
	vmWrite     = 0x0020
	// everything is what PROCESS_ALL_ACCESS has in common on all versions of Windows.
	everything = 0x1F0FFF
)

// injected: another process reached into this one before the last of its connections began.
var injected = Detector{
	Name: "process.injected", Family: finding.FamilyProcess, Technique: "T1055",
	Innocent: "security, accessibility or debugging software that works inside other programs",
	Find: func(u *Usage, c *Context) []finding.Fact {
		for _, p := range u.Processes {
			for _, a := range c.into[p] {
				if a.At.After(u.Last) || ordinaryAccess(a) {
					continue
				}
				by := shown(a.KeptAccess.Source().Image)
				switch {
				case a.Kind() == evidence.RemoteThread:
					return fact(remoteThread, fmt.Sprintf("%s started a thread in %s before its last connection", by, who(p)), cite(a.Ref()))
				case a.Granted()&(vmWrite|vmOperation) == vmWrite|vmOperation && a.Unbacked():
					return fact(writing(a), fmt.Sprintf("code outside any module of %s opened %s for writing its memory", by, who(p)), cite(a.Ref()))
				}
			}
		}
		return nil
	},
}

func writing(a *correlate.Access) float64 {
	if a.Granted()&everything == everything {
		return openedFully
	}
	return writtenInto
}

// ordinaryAccess leaves out what Windows itself does to every process it starts, and a parent's to its child at birth.
func ordinaryAccess(a *correlate.Access) bool {
	if a.Target != nil && a.Source != nil && a.Target.Parent == a.Source && a.Kind() == evidence.Opened {
		return true
	}
	switch policy.Base(a.KeptAccess.Source().Image) {
	case "csrss.exe", "services.exe", "svchost.exe", "lsass.exe", "smss.exe", "wininit.exe", "winlogon.exe", "werfault.exe", "msmpeng.exe", "dwm.exe":
		return true
	}
	return false
}
