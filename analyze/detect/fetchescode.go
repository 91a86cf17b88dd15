package detect

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// codeFromAddress: programs come from sites with names.
const (
	codeFromAddress = 35
	codeByProgram   = 25
)

var codeExtensions = []string{".exe", ".dll", ".scr", ".ps1", ".psm1", ".hta", ".sct", ".vbs", ".js", ".jse", ".wsf", ".bat", ".cmd", ".msi", ".class", ".jar", ".xll", ".lnk", ".iso"}

var codeTypes = []string{"application/x-msdownload", "application/x-dosexec", "application/x-msdos-program", "application/vnd.microsoft.portable-executable", "application/x-executable", "application/hta", "application/java-vm", "application/x-java-class"}

// fetchesCode: a program or script was fetched over HTTP, from a bare address or by something that is no browser.
var fetchesCode = Detector{
	Name: "content.fetches-code", Family: finding.FamilyContent, Technique: "T1105",
	Innocent: "an installer or an updater that fetches its parts over plain HTTP",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound {
			return nil
		}
		for _, k := range u.said {
			if k.HTTP == nil {
				continue
			}
			what := codeIn(k.HTTP)
			bare := slices.ContainsFunc(k.HTTP.Hosts, isAddress)
			switch {
			case what == "":
			case bare:
				return fact(codeFromAddress, fmt.Sprintf("code was fetched from a bare address: %s", clip(what)), cite(k.Ref))
			case u.Known() && !matchAny(browsers, u.Program()):
				return fact(codeByProgram, fmt.Sprintf("%s fetched code: %s", shown(u.Image), clip(what)), cite(k.Ref))
			}
		}
		return nil
	},
}

func codeIn(h *evidence.HTTP) string {
	for _, uri := range h.URIs {
		p, _, _ := strings.Cut(uri, "?")
		if ext := strings.ToLower(path.Ext(p)); slices.Contains(codeExtensions, ext) && ext != ".js" {
			return uri
		}
	}
	for _, t := range h.Types {
		t, _, _ = strings.Cut(strings.ToLower(t), ";")
		if slices.Contains(codeTypes, strings.TrimSpace(t)) {
			return t
		}
	}
	return ""
}
