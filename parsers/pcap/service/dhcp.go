package service

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// DHCP: https://www.rfc-editor.org/rfc/rfc2131, its options: https://www.rfc-editor.org/rfc/rfc2132,
// https://www.rfc-editor.org/rfc/rfc4702 (the client's full name)

const (
	dhcpFixed     = 240 // up to and with the cookie
	dhcpCookie    = "\x63\x82\x53\x63"
	dhcpHostName  = 12
	dhcpDomain    = 15
	dhcpLeaseTime = 51
	dhcpType      = 53
	dhcpFullName  = 81

	dhcpRequest = 3
	dhcpACK     = 5
	dhcpInform  = 8
	// MaxLeases bounds the messages kept of a capture.
	MaxLeases = 1 << 16
)

// matchDHCP recognises DHCP and BOOTP by the cookie (https://www.rfc-editor.org/rfc/rfc2131#section-3) and DHCP for
// IPv6 by its chain of options (https://www.rfc-editor.org/rfc/rfc8415#section-8).
func matchDHCP(c Chunk, _ *opening) verdict {
	b := c.Data
	if len(b) >= dhcpFixed && (b[0] == 1 || b[0] == 2) && b[2] <= 16 && string(b[dhcpFixed-4:dhcpFixed]) == dhcpCookie {
		if b[0] == 2 {
			return asks(c.Side.other())
		}
		return asks(c.Side)
	}
	return dhcpv6(c)
}

func dhcpv6(c Chunk) verdict {
	const advertise, reply, reconfigure, last = 2, 7, 10, 11
	b := c.Data
	if len(b) < 12 || b[0] == 0 || b[0] > last {
		return no
	}
	named := false
	options := cursor{b: b[4:]}
	for len(options.b) > 0 {
		kind := options.u16()
		options.vec(2)
		if options.short || kind == 0 || kind > 200 {
			return no
		}
		named = named || kind == 1 || kind == 2 // client or server identifier
	}
	if !named {
		return no
	}
	if b[0] == advertise || b[0] == reply || b[0] == reconfigure {
		return asks(c.Side.other())
	}
	return asks(c.Side)
}

// A DHCPMessage is what one message of DHCP says. A client says its name in a request and is given its address in the
// answer, which may travel between other addresses: the transaction tells that they belong together.
type DHCPMessage struct {
	evidence.Lease
	Transaction uint32
	// Granted tells the answer that gives the address from the request for it.
	Granted bool
}

type dhcpReader struct {
	scene    scene
	messages []DHCPMessage
}

func openDHCP(sc scene) analyzer { return &dhcpReader{scene: sc} }

func (d *dhcpReader) feed(c Chunk) {
	b := c.Data
	if len(b) < dhcpFixed || string(b[dhcpFixed-4:dhcpFixed]) != dhcpCookie {
		return
	}
	m := DHCPMessage{
		Lease:       evidence.Lease{Ref: evidence.Ref{File: d.scene.pool.File, Unit: "frame", N: c.Frame}, Sensor: d.scene.pool.File, At: c.At, MAC: hardware(b)},
		Transaction: binary.BigEndian.Uint32(b[4:]),
	}
	switch m.options(b[dhcpFixed:]) {
	case dhcpRequest, dhcpInform:
		m.Client = assigned(b[12:16])
	case dhcpACK:
		m.Granted = true
		if m.Client = assigned(b[16:20]); !m.Client.IsValid() {
			m.Client = assigned(b[12:16])
		}
	default:
		return
	}
	if p := d.scene.pool; p.leases < MaxLeases {
		p.leases++
		d.messages = append(d.messages, m)
	} else {
		p.Unkept.Note(c.Frame, 1)
	}
}

// hardware is the client's address where it is one of Ethernet.
func hardware(b []byte) string {
	if b[1] != 1 || b[2] != 6 {
		return ""
	}
	return fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", b[28], b[29], b[30], b[31], b[32], b[33])
}

func assigned(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	if a.IsUnspecified() {
		return netip.Addr{}
	}
	return a
}

// options reads what the options say and returns the type of the message.
func (m *DHCPMessage) options(b []byte) (kind byte) {
	const end = 255
	full := ""
	for c := (cursor{b: b}); len(c.b) > 0; {
		option := c.u8()
		if option == 0 {
			continue
		}
		value := c.vec(1)
		if option == end || value.short {
			break
		}
		switch v := value.b; {
		case option == dhcpHostName:
			m.HostName = dhcpText(v)
		case option == dhcpDomain:
			m.Domain = dhcpText(v)
		case option == dhcpLeaseTime && len(v) == 4:
			m.Span = time.Duration(binary.BigEndian.Uint32(v)) * time.Second
		case option == dhcpType && len(v) == 1:
			kind = v[0]
		case option == dhcpFullName && len(v) > 3:
			full = fullName(v[0], v[3:])
		}
	}
	if m.HostName == "" {
		m.HostName = full
	}
	return kind
}

// fullName is in text or, as the flags say, in the form of DNS.
func fullName(flags byte, b []byte) string {
	const wire = 4
	if flags&wire == 0 {
		return dhcpText(b)
	}
	name, _, ok := dnsName(append(bytes.Clone(b), 0), 0)
	if !ok {
		return ""
	}
	return name
}

func dhcpText(b []byte) string { return strings.TrimSpace(text(bytes.TrimRight(b, "\x00"))) }

func (d *dhcpReader) describe(r *Result) { r.DHCP = append([]DHCPMessage(nil), d.messages...) }
func (d *dhcpReader) done() bool         { return false }
