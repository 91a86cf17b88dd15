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

// nameEnds may follow the name of a machine.
const nameEnds = `\/ :@"'`

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

// namedIn yields what stands behind two slashes.
func namedIn(line string) map[string]bool {
	if !strings.Contains(line, `\\`) && !strings.Contains(line, `//`) {
		return nil
	}
	line = strings.ToLower(line)
	names := map[string]bool{}
	for i := 2; i <= len(line); i++ {
		if lead := line[i-2 : i]; lead == `\\` || lead == `//` {
			names[machineName(line[i:])] = true
		}
	}
	return names
}

// machineName is a text up to what may end a name.
func machineName(text string) string {
	if i := strings.IndexAny(text, nameEnds); i >= 0 {
		return text[:i]
	}
	return text
}

// behalf finds who may have asked for what the kernel (SMB) or the WebDAV service sent: live processes whose command
// line names the peer as \\host or //host.
func (j *joiner) behalf(l *Link) {
	if l.Outbound != evidence.Yes || len(j.naming) == 0 || !l.sendsForOthers() {
		return
	}
	names := j.namesOfPeer(l)
	for _, n := range names {
		found := 0
		for p := range j.naming[machine{l.Host, machineName(n)}].alive(l.Start, l.End) {
			if p == l.Process || !namesAny(p.CommandLine, names) {
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

// namesAny tells whether a command line names one of the machines.
func namesAny(line string, machines []string) bool {
	line = strings.ToLower(line)
	return slices.ContainsFunc(machines, func(n string) bool { return namesHost(line, n) })
}

// namesHost looks for a whole host name behind \\ or //.
func namesHost(line, host string) bool {
	for _, lead := range []string{`\\`, `//`} {
		for rest := line; ; {
			i := strings.Index(rest, lead+host)
			if i < 0 {
				break
			}
			rest = rest[i+len(lead)+len(host):]
			if rest == "" || strings.IndexByte(nameEnds, rest[0]) >= 0 {
				return true
			}
		}
	}
	return false
}
