package correlate

import (
	"cmp"
	"net/netip"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// An answer is that an address was given for a name.
type answer struct {
	at   evidence.Instant
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

// logs adds the answers that hosts' logs hold.
func (as answers) logs(looks []*Lookup) {
	for _, l := range looks {
		for _, a := range l.Answers() {
			as.add(answerKey{host: l.Host, address: a}, answer{l.At, strings.ToLower(l.Name())})
		}
	}
}

// wire adds the answers that a connection shows.
func (as answers) wire(c *evidence.Conn) {
	if c.DNS == nil {
		return
	}
	for _, q := range c.DNS.Questions {
		for _, a := range q.Answers {
			as.add(answerKey{client: c.Orig.Addr(), address: a}, answer{evidence.InstantOf(q.At), q.Name})
		}
	}
}

// manyAnswers is from where on a list is looked through for what repeats itself: a host asks for a name again and again.
const manyAnswers = 64

func (as answers) add(k answerKey, a answer) {
	list := as[k]
	if len(list) >= manyAnswers && len(list) == cap(list) {
		sortAnswers(list)
		list = slices.Clip(withoutRepeats(list))
	}
	as[k] = append(list, a)
}

// withoutRepeats leaves of answers with one name in a row the first and the last.
func withoutRepeats(list []answer) []answer {
	kept := list[:0]
	for i, a := range list {
		if i > 0 && i+1 < len(list) && list[i-1].name == a.name && list[i+1].name == a.name {
			continue
		}
		kept = append(kept, a)
	}
	return kept
}

func (as answers) sort() {
	for _, list := range as {
		sortAnswers(list)
	}
}

func sortAnswers(list []answer) {
	slices.SortStableFunc(list, func(a, b answer) int { return cmp.Compare(a.at, b.at) })
}

// indexNoted lists what capture files call each address, in the order of the files.
func (j *joiner) indexNoted() {
	j.noted = map[netip.Addr][]*evidence.Naming{}
	for _, n := range j.cf.Namings {
		j.noted[n.Addr] = append(j.noted[n.Addr], n)
	}
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

// namesOf are the names of a link's peer: what the content says first, then what the host's log or the wire shows it asked
// for before, then the name the event itself carries.
func (j *joiner) namesOf(l *Link) []string {
	var names []string
	add := func(n string) {
		n = strings.ToLower(strings.TrimSuffix(n, "."))
		if n != "" && !isAddress(n) && !slices.Contains(names, n) && len(names) < 8 {
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
	if l.Host != nil && l.Host.Logged {
		add(j.answers.before(answerKey{host: l.Host, address: l.Remote.Addr()}, l.Start))
	}
	add(j.answers.before(answerKey{client: l.Local.Addr(), address: l.Remote.Addr()}, l.Start))
	for _, s := range l.Sockets {
		if s.Dst() == l.Remote {
			add(s.DstHost())
		} else if s.Src() == l.Remote {
			add(s.SrcHost())
		}
	}
	return names
}

// isAddress tells whether a name is an address. Most are not, which shows at once: an address of IPv4 begins with a digit, and
// one of IPv6 has a colon.
func isAddress(name string) bool {
	if (name[0] < '0' || name[0] > '9') && strings.IndexByte(name, ':') < 0 {
		return false
	}
	_, err := netip.ParseAddr(name)
	return err == nil
}

// before is the name last asked for before a time; at all where there is none.
func (as answers) before(k answerKey, at time.Time) string {
	list, latest := as[k], evidence.InstantOf(at.Add(nameSlack))
	i := sort.Search(len(list), func(i int) bool { return list[i].at > latest && !at.IsZero() })
	if i == 0 {
		return ""
	}
	return list[i-1].name
}

// hostOnlyPart strips the port of an HTTP Host value.
func hostOnlyPart(host string) string {
	i := strings.LastIndexByte(host, ':')
	if i < 0 {
		return host
	}
	if ap, err := netip.ParseAddrPort(host); err == nil {
		return ap.Addr().String()
	}
	if !strings.Contains(host[:i], ":") {
		return host[:i]
	}
	return host
}

// askSlack is how far a lookup's record may lie from the question on the wire; the cache answers later ones itself.
const askSlack = 10 * time.Second

// An askedKey is a name and the host that asked for it.
type askedKey struct {
	host *Host
	name string
}

// indexAsked sorts the look-ups of each name that name a process by time, for those that a capture shows.
func (j *joiner) indexAsked() {
	j.asked = map[askedKey][]*Lookup{}
	if j.cf.Conns.None() {
		return
	}
	for _, l := range j.looks {
		if l.Process != nil {
			k := askedKey{l.Host, strings.ToLower(l.Name())}
			j.asked[k] = append(j.asked[k], l)
		}
	}
	for _, looks := range j.asked {
		slices.SortStableFunc(looks, func(a, b *Lookup) int { return cmp.Compare(a.At, b.At) })
	}
}

// maxAskers bounds how many look-ups of a name are held against one question: beyond, the first of them by corrected time stand
// for all.
const maxAskers = 256

// askedFor is the first record of a look-up that may be the question, nil when there is none.
func (j *joiner) askedFor(h *Host, q *evidence.Question) (first *Lookup) {
	looks := j.asked[askedKey{h, q.Name}]
	from := sort.Search(len(looks), func(i int) bool { return looks[i].At.Time().Sub(q.At) >= -askSlack })
	for _, l := range looks[from:min(len(looks), from+maxAskers)] {
		if l.At.Time().Sub(q.At) > askSlack {
			break
		}
		if first == nil || evidence.CompareKept(&l.Kept, &first.Kept) < 0 {
			first = l
		}
	}
	return first
}

// askers gives DNS traffic, which one service sends for everybody, to the processes that asked for its names.
func (j *joiner) askers(l *Link) {
	if l.Conn == nil || l.Conn.DNS == nil || l.Host == nil || len(j.asked) == 0 {
		return
	}
	for i := range l.Conn.DNS.Questions {
		if look := j.askedFor(l.Host, &l.Conn.DNS.Questions[i]); look != nil {
			l.Asked = append(l.Asked, look)
		}
	}
}
