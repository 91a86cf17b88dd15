package suricata

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// instants are the shapes of a time: with the offset as Suricata writes it, as others rewrite it, and without one. Decimals
// may be more or fewer.
var instants = []string{"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07:00"}

const local = "2006-01-02T15:04:05"

// instant reads a time with its whole fraction. One without an offset is read as UTC, and counted as doubtful.
func (p *parser) instant(s text) (time.Time, bool) {
	if t, ok := usual(s); ok {
		return t, true
	}
	for _, shape := range instants {
		if t, err := time.Parse(shape, string(s)); err == nil {
			return t.UTC(), true
		}
	}
	t, err := time.Parse(local, string(s))
	if err != nil {
		return time.Time{}, false
	}
	p.doubts.add(noOffset, p.ref())
	return t, true
}

// usual reads a time as Suricata writes it, which is every time that it has written itself: an event has three. What is not
// plainly one is left to time.Parse.
func usual(s text) (time.Time, bool) {
	const shape = "2006-01-02T15:04:05.000000+0000"
	if len(s) != len(shape) {
		return time.Time{}, false
	}
	for i, c := range s {
		if want := shape[i]; c != want && (!isDigit(want) || !isDigit(c)) && (want != '+' || c != '-') {
			return time.Time{}, false
		}
	}
	month, day, hour, minute, second := decimal(s[5:7]), decimal(s[8:10]), decimal(s[11:13]), decimal(s[14:16]), decimal(s[17:19])
	zoneHour, zoneMinute := decimal(s[27:29]), decimal(s[29:31])
	if month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59 {
		return time.Time{}, false
	}
	t := time.Date(decimal(s[0:4]), time.Month(month), day, hour, minute, second, decimal(s[20:26])*1000, time.UTC)
	if t.Day() != day { // 30 February
		return time.Time{}, false
	}
	ahead := time.Duration(zoneHour)*time.Hour + time.Duration(zoneMinute)*time.Minute
	if s[26] == '-' {
		ahead = -ahead
	}
	return t.Add(-ahead), true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// decimal is the number that a few digits stand for.
func decimal(digits text) (n int) {
	for _, c := range digits {
		n = n*10 + int(c-'0')
	}
	return n
}

var (
	errEnds    = errors.New("the ends of the connection cannot be read")
	errSection = errors.New("the section that the event is named after is missing")
)

// ends are the two ends in the order written, of an event that needs its section too.
func (e *event) ends(section bool) (src, dst netip.AddrPort, err error) {
	src, ok1 := end(e.SrcIP, e.SrcPort)
	dst, ok2 := end(e.DestIP, e.DestPort)
	switch {
	case !ok1 || !ok2:
		return src, dst, errEnds
	case !section:
		return src, dst, errSection
	}
	return src, dst, nil
}

// end reads one of them. What has no ports, ICMP too, is written without.
func end(ip text, port number) (netip.AddrPort, bool) {
	a, ok := parsers.Address(ip)
	if !ok || port.N > 1<<16-1 {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(a.WithZone(""), uint16(port.N)), true
}

// transport names the protocol that carries the flow: Suricata writes the names of /etc/protocols, or the number.
func (e *event) transport() evidence.Transport {
	switch string(e.Proto) { // as Suricata writes those of nearly all flows
	case "TCP":
		return evidence.TCP
	case "UDP":
		return evidence.UDP
	}
	switch proto := strings.ToLower(string(e.Proto)); proto {
	case "tcp":
		return evidence.TCP
	case "udp":
		return evidence.UDP
	case "icmp":
		return evidence.ICMP
	case "ipv6-icmp", "icmpv6":
		return evidence.ICMP6
	case "sctp":
		return evidence.SCTP
	default:
		if n, err := strconv.ParseUint(proto, 10, 8); err == nil {
			return evidence.Transport("ip/" + strconv.FormatUint(n, 10))
		}
		return "ip"
	}
}

// vlans are the tags outermost first, as written.
func (e *event) vlans() (all []uint16) {
	for _, t := range e.VLAN {
		if n, err := strconv.ParseUint(string(t), 10, 16); err == nil {
			all = append(all, uint16(n))
		}
	}
	return all
}
