package correlate

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A book is what the logs of one host say, and what has been worked out about its clocks and processes so far.
type book struct {
	host      *Host
	spellings map[string]int // how often each spelling of the name was written
	processes []*evidence.KeptProcess
	exits     []*evidence.KeptExit
	sockets   evidence.Sockets // in the end those that no capture shows, see claim
	claiming  evidence.Sockets // the others
	lookups   []*evidence.KeptLookup
	accesses  []*evidence.KeptAccess
	addrs     map[netip.Addr]bool
	flipped   bool // answered connections are written with the remote end first
	networked bool // there are network events: the first and the last in corrected UTC were at
	first     time.Time
	last      time.Time
	alone     lones
	clocks    clocks
	read      reader
	table     table
	details   details
	who       map[int]evidence.Program // what all records of a socket's connection know together, where it is more
}

// nameKey is a computer name without what varies: case.
func nameKey(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

func short(name string) string {
	if _, err := netip.ParseAddr(name); err == nil {
		return name
	}
	s, _, _ := strings.Cut(name, ".")
	return s
}

// books sorts the observations by host, in the order of the hosts' names.
func books(cf *casefile.Casefile) []*book {
	names := hostNames(cf)
	by := map[string]*book{}
	written := map[string]*book{}
	of := func(computer string, times int) *book {
		b := written[computer]
		if b == nil {
			k := names[nameKey(computer)]
			if b = by[k]; b == nil {
				b = &book{host: &Host{Logged: true}, spellings: map[string]int{}}
				by[k] = b
			}
			written[computer] = b
		}
		b.spellings[computer] += times
		return b
	}
	for _, t := range cf.Tallies {
		of(t.Computer, 1+int(min(t.Count, 1<<31)))
	}
	file(cf.Processes, of, (*evidence.KeptProcess).Computer, func(b *book) *[]*evidence.KeptProcess { return &b.processes })
	cf.Processes = nil // see starts
	file(cf.Exits, of, (*evidence.KeptExit).Computer, func(b *book) *[]*evidence.KeptExit { return &b.exits })
	if names := cf.Sockets.Computers(); len(names) == 1 {
		of(names[0], cf.Sockets.Len()).sockets, cf.Sockets = cf.Sockets, evidence.Sockets{}
	}
	for _, s := range cf.Sockets.Drain() {
		of(s.Computer(), 1).sockets.Add(*s)
	}
	file(cf.Lookups, of, (*evidence.KeptLookup).Computer, func(b *book) *[]*evidence.KeptLookup { return &b.lookups })
	file(cf.Accesses, of, (*evidence.KeptAccess).Computer, func(b *book) *[]*evidence.KeptAccess { return &b.accesses })
	cf.Lookups = nil // see lookups
	return settle(by)
}

// file puts each observation into the list of its book. Where all are of one, that list is all of them.
func file[T any](all []*T, of func(string, int) *book, computer func(*T) string, list func(*book) *[]*T) {
	for len(all) > 0 {
		name, n := computer(all[0]), 1
		for n < len(all) && computer(all[n]) == name {
			n++
		}
		put(list(of(name, n)), all[:n])
		all = all[n:]
	}
}

func put[T any](list *[]*T, some []*T) {
	if *list == nil {
		*list = slices.Clip(some)
	} else {
		*list = append(*list, some...)
	}
}

// settle names the hosts, learns their addresses and puts them in order.
func settle(by map[string]*book) []*book {
	var all []*book
	for _, b := range by {
		b.host.Name, b.host.Aliases = b.spelling()
		b.learnAddrs(&b.sockets)
		b.host.Addrs = b.sortedAddrs()
		all = append(all, b)
	}
	slices.SortFunc(all, func(x, y *book) int { return cmp.Compare(x.host.Name, y.host.Name) })
	return all
}

// hostNames maps every name written to the one that stands for its host: names that differ in case only are one, and a
// short name belongs to the full name that begins with it when there is exactly one.
func hostNames(cf *casefile.Casefile) map[string]string {
	names := map[string]string{}
	for _, t := range cf.Tallies {
		names[nameKey(t.Computer)] = ""
	}
	full := map[string][]string{}
	for n := range names {
		if short(n) != n {
			full[short(n)] = append(full[short(n)], n)
		}
	}
	for n := range names {
		names[n] = n
		if f := full[n]; len(f) == 1 {
			names[n] = f[0]
		}
	}
	return names
}

// spelling picks the longest name, then the one written most often, and returns the others as aliases.
func (b *book) spelling() (string, []string) {
	var all []string
	for s := range b.spellings {
		all = append(all, s)
	}
	slices.SortFunc(all, func(x, y string) int {
		return cmp.Or(cmp.Compare(len(y), len(x)), cmp.Compare(b.spellings[y], b.spellings[x]), cmp.Compare(x, y))
	})
	if len(all) == 0 {
		return "", nil
	}
	aliases := slices.Clone(all[1:])
	slices.Sort(aliases)
	return all[0], aliases
}
