package capfile

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A Name is one record of a name resolution block: what whoever wrote the file knew an address as.
type Name struct {
	Offset int64 // of its block
	Addr   netip.Addr
	Names  []string
	Server string // who was asked for the names of the block, "" when it does not say
}

// Bounds of what is kept: records of a file, names of one record, and bytes of one name, which is what DNS allows.
const (
	maxNames     = 1 << 15
	maxSynonyms  = 8
	maxNameBytes = 255
)

// names reads a name resolution block.
func (n *ng) names(r *Reader, body []byte, at int64) {
	first, bad := len(r.info.Names), 0
	for {
		if len(body) < 4 {
			r.problem(evidence.Damaged, at, "name resolution block without an end of its records")
			break
		}
		kind, length := n.order.Uint16(body), int(n.order.Uint16(body[2:]))
		if body = body[4:]; kind == 0 {
			break
		}
		if length > len(body) {
			r.problem(evidence.Damaged, at, "name record of %d bytes in a block with room for %d", length, len(body))
			return
		}
		if !n.name(r, kind, body[:length], at) {
			bad++
		}
		body = body[min((length+3)&^3, len(body)):]
	}
	if bad > 0 {
		r.problem(evidence.Damaged, at, "%d records of a name resolution block lack an address or a name", bad)
	}
	n.nameOptions(r, r.info.Names[first:], body)
}

// name takes a record for an IP address and tells whether it made sense; those for hardware addresses name cards, not hosts.
func (n *ng) name(r *Reader, kind uint16, record []byte, at int64) bool {
	const ipv4, ipv6 = 1, 2
	size := map[uint16]int{ipv4: 4, ipv6: 16}[kind]
	if size == 0 {
		return true
	}
	addr, _ := netip.AddrFromSlice(record[:min(size, len(record))])
	names := synonyms(record[min(size, len(record)):])
	if len(names) == 0 {
		return false
	}
	if len(r.info.Names) < maxNames {
		r.info.Names = append(r.info.Names, Name{Offset: at, Addr: addr, Names: names})
	} else if !n.overfull {
		n.overfull = true
		r.problem(evidence.Unsupported, at, "more than %d names for addresses; the others are not kept", maxNames)
	}
	return true
}

// synonyms are the names of a record, each ended by a zero byte.
func synonyms(b []byte) (names []string) {
	for len(b) > 0 && len(names) < maxSynonyms {
		name, rest, ended := bytes.Cut(b, []byte{0})
		if !ended || len(name) > maxNameBytes {
			return names
		}
		if len(name) > 0 {
			names = append(names, strings.ToValidUTF8(string(name), "\ufffd"))
		}
		b = rest
	}
	return names
}

// nameOptions reads who was asked, and any comment.
func (n *ng) nameOptions(r *Reader, of []Name, options []byte) {
	const serverName, serverIPv4, serverIPv6 = 2, 3, 4
	server := ""
	n.options(options, func(code uint16, value []byte) {
		switch code {
		case optComment:
			r.comment("names: ", value)
		case serverName:
			server = strings.ToValidUTF8(string(value[:min(len(value), maxNameBytes)]), "\ufffd")
		case serverIPv4, serverIPv6:
			if addr, ok := netip.AddrFromSlice(value); ok && server == "" {
				server = addr.String()
			}
		}
	})
	for i := range of {
		of[i].Server = server
	}
}
