package winevent

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// An event is a record while its meaning is read. What an accessor returns is normalised and goes into the hash, so the
// Digest covers what the meaning was read from, no more and no less.
type event struct {
	*Record
	typed Typed // Fields, where the container keeps values as they are stored
	hash  Hash
	made  Strings // texts that are put together here and repeat
	statements
}

// read returns the first of the names that the record has a value for. The names are spellings of one field: versions of
// Windows and Sysmon do not agree on "Id" and "ID".
func (e *event) read(names []string) *FieldText {
	for _, name := range names {
		if e.typed != nil {
			if t, ok := e.typed.Text(name); ok {
				return t
			}
		} else if s, _ := e.Fields.Field(name); s != "" {
			t := NewText(s)
			return &t
		}
	}
	return &noText
}

// field returns the text of the first of the names, "" when there is none.
func (e *event) field(names ...string) string { return e.read(names).trimmed }

func (e *event) text(names ...string) string {
	t := e.read(names)
	e.hash.Uint(t.hash)
	return t.trimmed
}

// uint reads a number of up to the given bits, decimal or 0x...; 0 when there is none.
func (e *event) uint(bits int, names ...string) uint64 {
	n := e.number(bits, names...)
	e.hash.Uint(n)
	return n
}

// number is uint without the hash.
func (e *event) number(bits int, names ...string) uint64 {
	if n, ok := e.stored(names); ok {
		if n>>(bits-1)>>1 != 0 {
			return 0
		}
		return n
	}
	return number(e.field(names...), bits)
}

func number(s string, bits int) uint64 {
	if s == "" {
		return 0
	}
	if hex, ok := cutPrefixFold(s, "0x"); ok {
		n, _ := parseUint(hex, 16, bits)
		return n
	}
	n, _ := parseUint(s, 10, bits)
	return n
}

// parseUint is strconv.ParseUint with 0 for numbers that do not fit: a wrong number is worse than none.
func parseUint(s string, base, bits int) (uint64, error) {
	n, err := strconv.ParseUint(s, base, bits)
	if err != nil {
		return 0, err
	}
	return n, nil
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

func (e *event) pid(names ...string) uint32 { return uint32(e.uint(32, names...)) }

// pidOr reads a process id, or what follows the label in the message: older NXLog exports lose ProcessId to the System
// field of nearly the same name.
func (e *event) pidOr(label string, names ...string) uint32 {
	pid := e.number(32, names...)
	if pid == 0 {
		pid = number(e.after(label), 32)
	}
	e.hash.Uint(pid)
	return uint32(pid)
}

// image reads a path. Sysmon writes "<unknown process>" when the process was gone before it could look, and some
// forwarders escape that for HTML.
func (e *event) image(names ...string) string {
	t := e.read(names)
	if t.trimmed == "<unknown process>" || t.trimmed == "&lt;unknown process&gt;" {
		t = &noText
	}
	e.hash.Uint(t.hash)
	return t.trimmed
}

// entity reads a ProcessGuid.
func (e *event) entity(names ...string) evidence.GUID {
	g, ok := e.guid(names)
	if !ok {
		g, _ = evidence.ParseGUID(e.field(names...))
	}
	e.hash.Uint(binary.BigEndian.Uint64(g[:]))
	e.hash.Uint(binary.BigEndian.Uint64(g[8:]))
	return g
}

// account joins a domain and a name as Sysmon writes them.
func (e *event) account(domain, name string) string {
	return e.joinAccount(e.text(domain), e.text(name))
}

func (e *event) joinAccount(domain, name string) string {
	if domain == "" || name == "" {
		return name
	}
	var buf [128]byte
	return e.made.Keep(append(append(append(buf[:0], domain...), '\\'), name...))
}

// end reads an address and a port. An address that cannot be read leaves the zero address.
func (e *event) end(addr, port string) netip.AddrPort {
	a := Addr(e.field(addr))
	b := a.As16()
	e.hash.Uint(uint64(a.BitLen()))
	e.hash.Uint(binary.BigEndian.Uint64(b[:]))
	e.hash.Uint(binary.BigEndian.Uint64(b[8:]))
	return netip.AddrPortFrom(a, uint16(e.uint(16, port)))
}

// Addr reads an address as logs write it: IPv4-mapped addresses become IPv4, zones are dropped because other evidence
// does not know them. It returns the zero address for anything else.
func Addr(s string) netip.Addr {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// transport reads a protocol, by name or by IANA number.
func (e *event) transport(name string) evidence.Transport {
	s := strings.ToLower(e.field(name))
	if t, ok := transports[s]; ok {
		s = string(t)
	} else if _, err := parseUint(s, 10, 8); err == nil {
		s = "ip/" + s
	}
	e.hash.Text(s)
	return evidence.Transport(s)
}

// https://www.iana.org/assignments/protocol-numbers/
var transports = map[string]evidence.Transport{
	"1":   evidence.ICMP,
	"6":   evidence.TCP,
	"17":  evidence.UDP,
	"58":  evidence.ICMP6,
	"132": evidence.SCTP,
}

// after returns what follows the label in the rendered message, up to the end of the line. It is only fit for values that
// stand before any text that the subject of the event can choose.
func (e *event) after(label string) string {
	_, rest, ok := strings.Cut(e.message(), label)
	if !ok {
		return ""
	}
	line, _, _ := strings.Cut(rest, "\n")
	return unset(strings.TrimSpace(line))
}
