package correlate

import (
	"net/netip"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// An answer is that an address was given for a name.
type answer struct {
	at   time.Time
	name string
}

// answers holds the names that hosts asked for, by who asked and the address they were given.
type answers map[answerKey][]answer

type answerKey struct {
	client  netip.Addr // who asked, on the wire; invalid for a host's own log
	host    *Host
	address netip.Addr
}

// nameSlack allows a connection to begin a little before the record of its lookup.
const nameSlack = 5 * time.Second

// name gives links the names of their peers: what the content says first, then what the host's log or the wire shows
// it asked for before, then the name the event itself carries.
func (j *joiner) name() {
	j.collectAnswers()
	noted := j.noted()
	for _, l := range j.links {
		if l.Names = j.namesOf(l); len(l.Names) == 0 {
			l.Noted = noteOf(l, noted[l.Remote.Addr()])
		}
	}
}

// noted lists what capture files call each address, in the order of the files.
func (j *joiner) noted() map[netip.Addr][]*evidence.Naming {
	all := map[netip.Addr][]*evidence.Naming{}
	for _, n := range j.cf.Namings {
		all[n.Addr] = append(all[n.Addr], n)
	}
	return all
}

// noteOf prefers the word of the capture that shows the connection.
func noteOf(l *Link, all []*evidence.Naming) *evidence.Naming {
	for _, n := range all {
		if l.Conn != nil && n.Sensor == l.Conn.Sensor {
			return n
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return nil
}

func (j *joiner) collectAnswers() {
	j.answers = answers{}
	for _, l := range j.looks {
		for _, a := range l.Answers {
			k := answerKey{host: l.Host, address: a}
			j.answers[k] = append(j.answers[k], answer{l.At, strings.ToLower(l.Name)})
		}
	}
	for _, c := range j.cf.Conns {
		if c.DNS == nil {
			continue
		}
		for _, q := range c.DNS.Questions {
			for _, a := range q.Answers {
				k := answerKey{client: c.Orig.Addr(), address: a}
				j.answers[k] = append(j.answers[k], answer{q.At, q.Name})
			}
		}
	}
	for _, list := range j.answers {
		slices.SortStableFunc(list, func(a, b answer) int { return a.at.Compare(b.at) })
	}
}

func (j *joiner) namesOf(l *Link) []string {
	var names []string
	add := func(n string) {
		n = strings.ToLower(strings.TrimSuffix(n, "."))
		if _, err := netip.ParseAddr(n); n != "" && err != nil && !slices.Contains(names, n) && len(names) < 8 {
			names = append(names, n)
		}
	}
	if l.Conn != nil && l.Outbound == evidence.Yes {
		if t := l.Conn.TLS; t != nil {
			add(t.SNI)
		}
		if h := l.Conn.HTTP; h != nil {
			for _, host := range h.Hosts {
				add(hostOnlyPart(host))
			}
			add(hostOnlyPart(h.Connect))
		}
	}
	for _, k := range []answerKey{{host: l.Host, address: l.Remote.Addr()}, {client: l.Local.Addr(), address: l.Remote.Addr()}} {
		add(j.answers.before(k, l.Start))
	}
	for _, s := range l.Sockets {
		if s.Dst == l.Remote {
			add(s.DstHost)
		} else if s.Src == l.Remote {
			add(s.SrcHost)
		}
	}
	return names
}

// before is the name last asked for before a time.
func (as answers) before(k answerKey, at time.Time) string {
	list := as[k]
	i := sort.Search(len(list), func(i int) bool { return list[i].at.After(at.Add(nameSlack)) })
	if i == 0 {
		return ""
	}
	return list[i-1].name
}

// hostOnlyPart strips the port of an HTTP Host value.
func hostOnlyPart(host string) string {
	if ap, err := netip.ParseAddrPort(host); err == nil {
		return ap.Addr().String()
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.Contains(host[:i], ":") {
		return host[:i]
	}
	return host
}

// askSlack is how far a lookup's record may lie from the question on the wire; the cache answers later ones itself.
const askSlack = 10 * time.Second

// askers gives DNS traffic, which one service sends for everybody, to the processes that asked for its names.
func (j *joiner) askers() {
	by := map[string][]*Lookup{}
	for _, l := range j.looks {
		by[strings.ToLower(l.Name)] = append(by[strings.ToLower(l.Name)], l)
	}
	for _, l := range j.links {
		if l.Conn == nil || l.Conn.DNS == nil || l.Host == nil {
			continue
		}
		seen := map[*Lookup]bool{}
		for _, q := range l.Conn.DNS.Questions {
			for _, look := range by[q.Name] {
				if look.Host == l.Host && look.At.Sub(q.At).Abs() <= askSlack && !seen[look] {
					seen[look] = true
					l.Asked = append(l.Asked, look)
				}
			}
		}
	}
}
