package correlate

import (
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// maxBehalf bounds the candidates that a link names.
const maxBehalf = 8

// indexNaming notes the processes whose command lines name another machine.
func (j *joiner) indexNaming() {
	j.naming = map[*Host][]*Process{}
	for _, b := range j.books {
		for _, p := range b.table.all {
			if strings.Contains(p.CommandLine, `\\`) || strings.Contains(p.CommandLine, `//`) {
				j.naming[b.host] = append(j.naming[b.host], p)
			}
		}
		slices.SortFunc(j.naming[b.host], compareProcesses)
	}
}

// behalf finds who may have asked for what the kernel (SMB) or the WebDAV service sent: live processes whose command
// line names the peer as \\host or //host.
func (j *joiner) behalf(l *Link) {
	if l.Outbound != evidence.Yes || !l.sendsForOthers() {
		return
	}
	for _, p := range j.naming[l.Host] {
		if len(l.Behalf) < maxBehalf && p != l.Process && p.lives(l.Start, l.End) && j.names(p.CommandLine, l) {
			l.Behalf = append(l.Behalf, p)
			l.Attribution.Behalf = append(l.Attribution.Behalf, p.Label())
		}
	}
}

// sendsForOthers tells whether the owner of a link is the kernel or a service that sends what others ask for.
func (l *Link) sendsForOthers() bool {
	if l.Process == nil {
		return l.Remote.Port() == 445 || l.Remote.Port() == 139
	}
	name := strings.ToLower(base(l.Process.Image))
	return name == "system" || name == "svchost.exe"
}

// names tells whether a command line names the peer of a link behind two slashes: by address, by the name it was looked
// up under, or by the name of the host that has the address.
func (j *joiner) names(line string, l *Link) bool {
	line = strings.ToLower(line)
	all := append(slices.Clone(l.Names), l.Remote.Addr().String())
	for _, b := range j.owners[l.Remote.Addr()] {
		all = append(all, nameKey(b.host.Name))
	}
	for _, n := range all {
		if namesHost(line, n) || namesHost(line, short(n)) {
			return true
		}
	}
	return false
}

// namesHost looks for a whole host name behind \\ or //.
func namesHost(line, host string) bool {
	if host == "" {
		return false
	}
	for _, lead := range []string{`\\`, `//`} {
		for rest := line; ; {
			i := strings.Index(rest, lead+host)
			if i < 0 {
				break
			}
			rest = rest[i+len(lead)+len(host):]
			if rest == "" || strings.IndexByte(`\/ :@"'`, rest[0]) >= 0 {
				return true
			}
		}
	}
	return false
}
