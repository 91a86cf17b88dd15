package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// recordTypes are the types that are asked for by name (https://www.iana.org/assignments/dns-parameters).
var recordTypes = map[uint16]string{
	1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 10: "NULL", 11: "WKS", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT", 17: "RP", 18: "AFSDB", 24: "SIG",
	25: "KEY", 28: "AAAA", 29: "LOC", 32: "NB", 33: "SRV", 35: "NAPTR", 36: "KX", 37: "CERT", 39: "DNAME", 43: "DS", 44: "SSHFP", 45: "IPSECKEY",
	46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 49: "DHCID", 50: "NSEC3", 51: "NSEC3PARAM", 52: "TLSA", 53: "SMIMEA", 55: "HIP", 59: "CDS",
	60: "CDNSKEY", 61: "OPENPGPKEY", 64: "SVCB", 65: "HTTPS", 99: "SPF", 249: "TKEY", 250: "TSIG", 251: "IXFR", 252: "AXFR", 255: "ANY",
	256: "URI", 257: "CAA",
}

// recordType names a type, one without a name as RFC 3597 does.
func recordType(t uint16) string {
	return cmp.Or(recordTypes[t], "TYPE"+strconv.Itoa(int(t)))
}

func typesText(n *finding.NameUse) string {
	stated := n.OtherTypes
	parts := each(n.Types, func(t *finding.TypeCount) string {
		stated += t.Queries
		return recordType(t.Type) + " " + countText(t.Queries)
	})
	if n.OtherTypes > 0 {
		parts = append(parts, "others "+countText(n.OtherTypes))
	}
	if rest := n.Queries - stated; rest > 0 {
		parts = append(parts, "not stated "+countText(rest))
	}
	return strings.Join(parts, ", ")
}

// nameHost names the machine that asked, by address where no log names it.
func nameHost(n *finding.NameUse) string {
	return hostText(&finding.Finding{Host: n.Host, HostAddrs: n.HostAddrs})
}

func nameDomain(n *finding.NameUse) string { return cmp.Or(n.Domain, "no public domain") }

func uniqueText(n *finding.NameUse) string {
	if n.MoreNames {
		return "over " + countText(n.UniqueNames)
	}
	return countText(n.UniqueNames)
}

// namedBy says what names the program of a use: the host's log as the one that asked, or that it sent the questions.
func namedBy(n *finding.NameUse) string {
	switch {
	case n.Logged:
		return "host's log"
	case len(n.Process.PIDs) > 0 || programName(&n.Process) != "":
		return "sender"
	}
	return "-"
}

// recordsOf cites the first record and counts the others.
func recordsOf(n *finding.NameUse) string {
	if len(n.Refs) == 0 {
		return ""
	}
	if more := n.RefsTotal - 1; more > 0 {
		return refText(&n.Refs[0]) + " and " + countText(more) + " more"
	}
	return refText(&n.Refs[0])
}

// mostNames is a use in one line.
func mostNames(n *finding.NameUse) string {
	return fmt.Sprintf("%s asked for %s under %s", programText(&n.Process), uniqueText(n)+" different "+plural(n.UniqueNames, "name"), nameDomain(n))
}

// maxNameRows is how many uses the terminal shows unless it is to show everything.
const maxNameRows = 15

func (p *printout) names(doc *finding.Document) error {
	if len(doc.Names) == 0 && doc.QueriesUnlisted == 0 {
		return nil
	}
	p.gap()
	p.title("names asked for, by program and registered domain")
	shown := doc.Names
	if !p.wide {
		shown = shown[:min(len(shown), maxNameRows)]
	}
	if len(shown) > 0 {
		if err := p.grid(nameGrid(shown)); err != nil {
			return err
		}
	}
	if n := len(doc.Names) - len(shown); n > 0 {
		p.text(2, 2, fmt.Sprintf("and %s more (--wide)", countText(n)))
	}
	p.bullets(2, nameNotes(doc))
	return nil
}

// nameNotes says what no row shows.
func nameNotes(doc *finding.Document) (notes []string) {
	if n := doc.NamesLeftOut; n > 0 {
		notes = append(notes, "not listed: "+counted(n, "further pair")+" of program and domain, each with no more different names than the last one listed")
	}
	if n := doc.QueriesUnlisted; n > 0 {
		notes = append(notes, "not listed: "+counted(n, "look-up")+" for the root or for an address, over loopback, without a name in a sensor's log, or beyond what is kept of one connection")
	}
	return notes
}

func nameGrid(names []finding.NameUse) *grid {
	g := &grid{indent: 2, columns: []column{
		{title: "host", floor: 9, limit: 64, keep: 7},
		{title: "program", floor: 14, limit: 80, keep: 9},
		{title: "named by", floor: 8, keep: 5},
		{title: "domain", floor: 14, limit: 80, keep: 9},
		{title: "look-ups", right: true, keep: 6},
		{title: "names", right: true, keep: 9},
		{title: "length", right: true, keep: 8},
		{title: "bits", right: true, keep: 8},
		{title: "types", floor: 10, limit: 60, keep: 6},
		{title: "sent", right: true, keep: 7},
		{title: "received", right: true, keep: 6},
		{title: "in texts", right: true, keep: 4},
		{title: "first (UTC)", floor: 19, keep: 2},
		{title: "last (UTC)", floor: 19, keep: 1},
		{title: "records", floor: 16, limit: 80, keep: 3},
	}}
	for i := range names {
		n := &names[i]
		g.rows = append(g.rows, []string{
			clean(nameHost(n)), clean(programText(&n.Process)), namedBy(n), clean(nameDomain(n)), countText(n.Queries), uniqueText(n),
			trimFloat(n.LabelLength, 1), trimFloat(n.Entropy, 1), typesText(n), tableBytes(n.Sent), tableBytes(n.Received), tableBytes(n.Texts),
			timeText(n.First), timeText(n.Last), clean(recordsOf(n)),
		})
	}
	return g
}
