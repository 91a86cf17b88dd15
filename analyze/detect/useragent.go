package detect

import (
	"fmt"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

const (
	// posesAsBrowser: a program that is no browser says it is one.
	posesAsBrowser = 35
	// posesSomewhere: the same, where the program is not known and a browser of this age is unlikely.
	oldBrowser = 20
	// saysNothing: libraries fill the field in by themselves.
	saysNothing = 15
)

// browsers are programs that may say so.
var browsers = []string{"chrome.exe", "msedge.exe", "firefox.exe", "brave.exe", "opera.exe", "vivaldi.exe", "iexplore.exe", "microsoftedge*.exe", "msedgewebview2.exe", "browser_broker.exe", "tor.exe"}

// userAgent: the user agent does not fit the program.
var userAgent = Detector{
	Name: "content.agent", Family: finding.FamilyContent,
	Innocent: "a program that embeds the browser component of Windows",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound || matchAny(browsers, u.Program()) {
			return nil
		}
		for _, k := range u.said {
			if k.HTTP == nil || k.HTTP.Requests == 0 {
				continue
			}
			for _, agent := range k.HTTP.Agents {
				switch {
				case !claimsBrowser(agent):
				case u.Known():
					return fact(posesAsBrowser, fmt.Sprintf("%s says it is a browser: %q", shown(u.Image), clip(agent)), cite(k.Ref))
				case outdated(agent):
					return fact(oldBrowser, fmt.Sprintf("an unknown program says it is a browser of years ago: %q", clip(agent)), cite(k.Ref))
				}
			}
			if len(k.HTTP.Agents) == 0 {
				return fact(saysNothing, "HTTP requests name no user agent", cite(k.Ref))
			}
		}
		return nil
	},
}

// claimsBrowser: PowerShell and other libraries begin like a browser and then say what they are.
func claimsBrowser(agent string) bool {
	a := strings.ToLower(agent)
	if !strings.HasPrefix(a, "mozilla/") || strings.Contains(a, "powershell") || strings.Contains(a, "compatible; windows") {
		return false
	}
	for _, mark := range []string{"msie ", "trident/", "chrome/", "firefox/", "safari/", "edg/", "edge/", "gecko"} {
		if strings.Contains(a, mark) {
			return true
		}
	}
	return false
}

// outdated: Internet Explorer, and Windows versions whose support ended before 2020-01.
func outdated(agent string) bool {
	a := strings.ToLower(agent)
	for _, mark := range []string{"msie ", "trident/", "windows nt 6.1", "windows nt 6.0", "windows nt 5."} {
		if strings.Contains(a, mark) {
			return true
		}
	}
	return false
}
