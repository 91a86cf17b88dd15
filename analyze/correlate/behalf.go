package correlate

import (
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// maxBehalf bounds the candidates that a link names.
const maxBehalf = 8

// A machine is what the command lines of a host's processes name behind two slashes, up to what may end a name.
type machine struct {
	host *Host
	name string
}

// nameEnds may follow the name of a machine. An address of IPv6 goes on behind a colon.
const nameEnds = `\/ :@"'`

// maxNamed bounds the names looked for in one command line, longestAddress where behind the slashes one may still go on.
const (
	maxNamed       = 64
	longestAddress = 64
)

// indexNaming notes the processes whose command lines name another machine, by the machine.
func (j *joiner) indexNaming() {
	j.naming = map[machine]*lifetimes{}
	for _, b := range j.books {
		for _, p := range b.table.all {
			for name := range namedIn(p.CommandLine) {
				k := machine{b.host, name}
				if j.naming[k] == nil {
					j.naming[k] = &lifetimes{}
				}
				j.naming[k].list = append(j.naming[k].list, p)
			}
		}
	}
	for _, ls := range j.naming {
		ls.index()
	}
}

// namedIn is what stands behind two slashes.
func namedIn(line string) map[string]bool {
	if !strings.Contains(line, `\\`) && !strings.Contains(line, `//`) {
		return nil
	}
	line = strings.ToLower(line)
	names := map[string]bool{}
	for i := 2; i < len(line) && len(names) < maxNamed; i++ {
		if lead := line[i-2 : i]; lead == `\\` || lead == `//` {
			addNames(names, line[i:])
		}
	}
	return names
}

// addNames adds what a text begins with, up to each place where a name may end.
func addNames(names map[string]bool, text string) {
	for at := 0; at < longestAddress; at++ {
		n := strings.IndexAny(text[at:], nameEnds)
		if n < 0 {
			names[text] = true
			return
		}
		if at += n; at > 0 {
			names[text[:at]] = true
		}
		if text[at] != ':' {
			return
		}
	}
}

// behalf finds who may have asked for what the kernel (SMB) or the WebDAV service sent: live processes whose command
// line names the peer as \\host or //host.
func (j *joiner) behalf(l *Link) {
	if l.Outbound != evidence.Yes || len(j.naming) == 0 || !l.sendsForOthers() {
		return
	}
	for _, n := range j.namesOfPeer(l) {
		found := 0
		for p := range j.naming[machine{l.Host, n}].alive(l.Start, l.End) {
			if p == l.Process {
				continue
			}
			if !slices.Contains(l.Behalf, p) {
				l.Behalf = append(l.Behalf, p)
			}
			if found++; found == maxBehalf {
				break
			}
		}
	}
	slices.SortFunc(l.Behalf, compareProcesses)
	l.Behalf = l.Behalf[:min(len(l.Behalf), maxBehalf)]
	for _, p := range l.Behalf {
		l.Attribution.Behalf = append(l.Attribution.Behalf, p.Label())
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

// namesOfPeer are what a command line may call the peer of a link: its address, the names it was looked up under, those of
// the hosts that have the address, and all of these in short.
func (j *joiner) namesOfPeer(l *Link) []string {
	all := append(slices.Clone(l.Names), l.Remote.Addr().String())
	for _, b := range j.owners[l.Remote.Addr()] {
		all = append(all, nameKey(b.host.Name))
	}
	for _, n := range all {
		all = append(all, short(n))
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(n string) bool { return n == "" })
}
