package correlate

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/abreast"
	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A Stated is an offset that the user gives by hand: the clocks of Host are Offset ahead of true time.
type Stated struct {
	Host   string
	Offset time.Duration
}

// Run joins the evidence: hosts, their clocks against every sensor, their processes, and then every connection with the
// process that owns it or the reason why none is known. It takes over cf.Processes, which are let go as they are read.
func Run(cf *casefile.Casefile, stated []Stated) *Case {
	j := &joiner{cf: cf, books: books(cf), answers: answers{}}
	j.survey()
	abreast.Each(j.books, func(b *book) {
		b.state(stated)
		b.align(j.sensors)
		b.fillTable()
	})
	j.indexAddrs()
	for _, b := range j.books {
		j.lookups(b)
		j.accesses(b)
	}
	j.claim()
	j.index()
	return j.finish()
}

// A joiner holds a case while it is put together.
type joiner struct {
	cf      *casefile.Casefile
	books   []*book
	sensors []*sensor
	claims  []claim                // in the order of the connections that they are on
	owners  map[netip.Addr][]*book // hosts by the addresses their sockets were bound to
	strays  map[netip.Addr]*Host   // local addresses of captures that no log names
	leased  map[netip.Addr]string  // see indexLeased
	answers answers
	spare   []*Link // that were lent and have come back
	looks   []*Lookup
	reached []*Access

	holders map[peerKey][]holder
	asked   map[askedKey][]*Lookup
	naming  map[machine]*lifetimes
	noted   map[netip.Addr][]*evidence.Naming
}

func (b *book) state(all []Stated) {
	for _, s := range all {
		for name := range b.spellings {
			if nameKey(name) == nameKey(s.Host) || short(nameKey(name)) == nameKey(s.Host) {
				off := s.Offset
				b.clocks.stated = &off
			}
		}
	}
}

func (j *joiner) indexAddrs() {
	j.owners, j.strays = map[netip.Addr][]*book{}, map[netip.Addr]*Host{}
	for _, b := range j.books {
		for a := range b.addrs {
			j.owners[a] = append(j.owners[a], b)
		}
	}
	j.indexLeased()
	named := j.byShortName()
	for _, l := range j.cf.Leases {
		if b := named[nameKey(short(l.HostName))]; b != nil && l.HostName != "" && speaks(l.Client) && !b.addrs[l.Client] {
			b.addrs[l.Client] = true
			j.owners[l.Client] = append(j.owners[l.Client], b)
		}
	}
	for _, b := range j.books {
		b.host.Addrs = b.sortedAddrs()
	}
}

// byShortName finds hosts by what a DHCP client may call itself; the first of several.
func (j *joiner) byShortName() map[string]*book {
	all := map[string]*book{}
	for _, b := range slices.Backward(j.books) {
		all[nameKey(short(b.host.Name))] = b
	}
	return all
}

// indexLeased notes the one name under which each address was leased in the captures, "" when there were several.
func (j *joiner) indexLeased() {
	j.leased = map[netip.Addr]string{}
	for _, l := range j.cf.Leases {
		name, known := j.leased[l.Client]
		switch {
		case l.HostName == "":
		case !known:
			j.leased[l.Client] = l.HostName
		case !strings.EqualFold(name, l.HostName):
			j.leased[l.Client] = ""
		}
	}
}

// local tells whether an address belongs to a known host or to the local networks.
func (j *joiner) local(a netip.Addr) bool { return len(j.owners[a]) > 0 || inside(a) }

func (j *joiner) lookups(b *book) {
	looks := make([]Lookup, len(b.lookups))
	j.looks = slices.Grow(j.looks, len(looks))
	for i, l := range b.lookups {
		at := b.when(&l.Kept)
		looks[i] = Lookup{l, b.host, b.find(l.Program(), at), evidence.InstantOf(at)}
		j.looks = append(j.looks, &looks[i])
	}
	b.lookups = nil
}

// accesses resolves those that are of interest. The others still tell of processes; what those say that have a GUID is known
// from the first time they were looked at.
func (j *joiner) accesses(b *book) {
	for _, k := range b.accesses {
		if k.Everyday() && !k.Source().EntityID.IsZero() && !k.Target().EntityID.IsZero() {
			continue
		}
		at := b.when(&k.Kept)
		if source, target := b.find(k.Source(), at), b.find(k.Target(), at); !k.Everyday() {
			j.reached = append(j.reached, &Access{k, b.host, source, target, at})
		}
	}
	b.accesses = nil
}

func (j *joiner) finish() *Case {
	c := &Case{Lookups: j.looks, Accesses: j.reached, Local: j.local}
	abreast.Each(j.books, func(b *book) {
		slices.SortFunc(b.table.all, compareProcesses)
		b.host.Processes = b.table.all
		b.table, b.details = table{}, details{}
	})
	for _, b := range j.books {
		c.Hosts = append(c.Hosts, b.host)
	}
	logged := len(c.Hosts)
	c.Links = func(yield func(*Link) bool) {
		whole := false
		for l := range ahead(func(yield func(*Link) bool) { whole = j.run(yield) }, j.takeBack) {
			if !yield(l) {
				return
			}
		}
		if whole {
			c.Hosts = append(c.Hosts[:logged:logged], j.strayHosts()...)
		}
	}
	slices.SortStableFunc(c.Lookups, func(a, b *Lookup) int {
		return cmp.Or(cmp.Compare(a.At, b.At), evidence.CompareRefs(a.Ref(), b.Ref()))
	})
	slices.SortStableFunc(c.Accesses, func(a, b *Access) int {
		return cmp.Or(a.At.Compare(b.At), evidence.CompareRefs(a.Ref(), b.Ref()))
	})
	return c
}

func (j *joiner) strayHosts() []*Host {
	addrs := slices.AppendSeq(make([]netip.Addr, 0, len(j.strays)), maps.Keys(j.strays))
	slices.SortFunc(addrs, netip.Addr.Compare)
	hosts := make([]*Host, len(addrs))
	for i, a := range addrs {
		hosts[i] = j.strays[a]
	}
	return hosts
}

func compareLinks(a, b *Link) int {
	return cmp.Or(a.Start.Compare(b.Start), a.Local.Compare(b.Local), a.Remote.Compare(b.Remote),
		cmp.Compare(a.Transport, b.Transport), cmp.Compare(hostName(a.Host), hostName(b.Host)), evidence.CompareRefs(a.ref(), b.ref()))
}

func hostName(h *Host) string {
	if h == nil {
		return ""
	}
	return h.Name
}

// ref is the first record of a link.
func (l *Link) ref() evidence.Ref {
	if l.Conn != nil {
		return l.Conn.Ref
	}
	if len(l.Sockets) > 0 {
		return l.Sockets[0].Ref()
	}
	return evidence.Ref{}
}
