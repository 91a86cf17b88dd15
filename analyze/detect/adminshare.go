package detect

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

const (
	// codeOverSMB: a program or library is put on another machine.
	codeOverSMB = 40
	// hiddenShare: the shares that only administrators may use.
	hiddenShare = 30
)

// adminShare: files go to the administrative shares of another machine, or programs to any share.
var adminShare = Detector{
	Name: "content.admin-share", Family: finding.FamilyContent, Technique: "T1021.002",
	Innocent: "software distribution or an administrator's copy",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound {
			return nil
		}
		for _, k := range u.said {
			if k.SMB == nil {
				continue
			}
			for _, f := range k.SMB.Files {
				if ext := strings.ToLower(path.Ext(strings.ReplaceAll(f, `\`, "/"))); slices.Contains(codeExtensions, ext) && k.SMB.Written.N > 0 {
					return fact(codeOverSMB, fmt.Sprintf("%d bytes were written over SMB, with %s among the files", k.SMB.Written.N, clip(f)), cite(k.Ref))
				}
			}
			for _, s := range k.SMB.Shares {
				if administrative(s) {
					return fact(hiddenShare, fmt.Sprintf("the administrative share %s was used", clip(s)), cite(k.Ref))
				}
			}
		}
		return nil
	},
}

// administrative tells ADMIN$ and drive shares from the IPC$ that every use of a server begins with.
func administrative(share string) bool {
	s := strings.ToUpper(share[strings.LastIndexByte(share, '\\')+1:])
	return s == "ADMIN$" || len(s) == 2 && s[1] == '$'
}
