package detect

import (
	"fmt"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// withoutArguments: these programs do nothing unless they are told what to load; injected code needs no arguments.
const withoutArguments = 45

var needArguments = []string{"rundll32.exe", "regsvr32.exe", "dllhost.exe", "msbuild.exe", "installutil.exe", "regasm.exe", "regsvcs.exe", "svchost.exe", "mshta.exe", "cmstp.exe", "searchprotocolhost.exe", "werfault.exe", "gpupdate.exe"}

// noArguments: a program that does nothing without arguments was started without any.
var noArguments = Detector{
	Name: "process.no-arguments", Family: finding.FamilyProcess,
	Innocent: "a program that a debugger or an installer started and handed its work in another way",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if !matchAny(needArguments, u.Program()) {
			return nil
		}
		for _, p := range u.Processes {
			if line := strings.TrimSpace(p.CommandLine); line != "" && arguments(line) == "" {
				return fact(withoutArguments, fmt.Sprintf("%s was started without arguments", who(p)), cite(p.Refs()...))
			}
		}
		return nil
	},
}

// arguments is what follows the program in a command line.
func arguments(line string) string {
	if rest, ok := strings.CutPrefix(line, `"`); ok {
		_, after, _ := strings.Cut(rest, `"`)
		return strings.TrimSpace(after)
	}
	if i := strings.Index(strings.ToLower(line), ".exe"); i >= 0 {
		return strings.TrimSpace(line[i+len(".exe"):])
	}
	_, after, _ := strings.Cut(line, " ")
	return strings.TrimSpace(after)
}
