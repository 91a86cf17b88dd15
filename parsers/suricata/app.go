package suricata

import (
	"net/netip"
	"strings"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// contents says what an event of a type tells of its flow's content. A function that returns false has found nothing
// there that this program has a place for.
var contents = map[string]func(e *event, a *evidence.AppRecord) bool{
	"http":     (*event).http,
	"http2":    (*event).http,
	"tls":      (*event).tls,
	"quic":     (*event).quic,
	"smb":      (*event).smb,
	"dcerpc":   (*event).dcerpc,
	"ssh":      (*event).ssh,
	"rdp":      (*event).rdp,
	"krb5":     (*event).krb5,
	"fileinfo": (*event).file,
}

// app makes a statement about the content of a flow. Events of the application layer are written in the direction of
// the flow, files in the direction they went.
func (p *parser) app(e *event, content func(*event, *evidence.AppRecord) bool) error {
	orig, resp, err := e.ends(true)
	if err != nil {
		return err
	}
	a := &p.record
	*a = e.record(orig, resp)
	a.App = evidence.App{Confirmed: true, Content: true}
	if !content(e, a) {
		p.doubts.unused(e.Type)
		return nil
	}
	p.out.App(*a)
	return nil
}

func (e *event) record(orig, resp netip.AddrPort) evidence.AppRecord {
	return evidence.AppRecord{Ref: e.ref, Sensor: e.sensor.capture.Sensor, UID: string(e.FlowID), At: e.at, Transport: e.transport(), Orig: orig, Resp: resp}
}

type ssh struct {
	Client, Server identification
}

func (s *ssh) field(name []byte) any {
	switch string(name) {
	case "client":
		return &s.Client
	case "server":
		return &s.Server
	}
	return nil
}

type identification struct {
	Proto, Software text
}

func (i *identification) field(name []byte) any {
	switch string(name) {
	case "proto_version":
		return &i.Proto
	case "software_version":
		return &i.Software
	}
	return nil
}

// ssh puts the identification strings together again; a comment behind them is not logged.
//
// https://www.rfc-editor.org/rfc/rfc4253#section-4.2
func (e *event) ssh(a *evidence.AppRecord) bool {
	if e.SSH == nil {
		return false
	}
	said := func(i identification) string {
		if len(i.Software) == 0 {
			return ""
		}
		return "SSH-" + string(i.Proto) + "-" + string(i.Software)
	}
	a.Protocol = "ssh"
	a.SSH = &evidence.SSH{Client: said(e.SSH.Client), Server: said(e.SSH.Server)}
	return true
}

type rdp struct {
	Type, Cookie, Protocol text
	Client                 rdpClient
}

func (r *rdp) field(name []byte) any {
	switch string(name) {
	case "event_type":
		return &r.Type
	case "cookie":
		return &r.Cookie
	case "protocol":
		return &r.Protocol
	case "client":
		return &r.Client
	}
	return nil
}

type rdpClient struct {
	Name text
}

func (r *rdpClient) field(name []byte) any {
	switch string(name) {
	case "client_name":
		return &r.Name
	}
	return nil
}

// rdp reads one step of the negotiation. Whatever the server chooses but RDP's own encryption runs over TLS.
func (e *event) rdp(a *evidence.AppRecord) bool {
	r := e.RDP
	if r == nil {
		return false
	}
	a.Protocol = "rdp"
	a.RDP = &evidence.RDP{Cookie: string(r.Cookie), ClientName: string(r.Client.Name), TLS: string(r.Type) == "tls_handshake" || len(r.Protocol) > 0 && string(r.Protocol) != "rdp"}
	return true
}

type krb5 struct {
	Client, Realm, Server, Error text
}

func (k *krb5) field(name []byte) any {
	switch string(name) {
	case "cname":
		return &k.Client
	case "realm":
		return &k.Realm
	case "sname":
		return &k.Server
	case "error_code":
		return &k.Error
	}
	return nil
}

func (e *event) krb5(a *evidence.AppRecord) bool {
	k := e.KRB5
	if k == nil {
		return false
	}
	a.Protocol, a.Kerberos = "kerberos", &evidence.Kerberos{Clients: principal(k.Client, k.Realm), Services: principal(k.Server, k.Realm), Errors: unempty(k.Error)}
	return true
}

// principal adds the realm; Suricata writes what a message leaves out as <empty>.
func principal(name, realm text) []string {
	all := unempty(name)
	for i := range all {
		if r := unempty(realm); len(r) > 0 {
			all[i] += "@" + r[0]
		}
	}
	return all
}

func unempty(s text) []string {
	if string(s) == "<empty>" {
		return nil
	}
	return strs(s)
}

type dhcp struct {
	Type, MAC, Assigned, Client, Name text
	Lease                             number
}

func (d *dhcp) field(name []byte) any {
	switch string(name) {
	case "dhcp_type":
		return &d.Type
	case "client_mac":
		return &d.MAC
	case "assigned_ip":
		return &d.Assigned
	case "client_ip":
		return &d.Client
	case "hostname":
		return &d.Name
	case "lease_time":
		return &d.Lease
	}
	return nil
}

// lease reads what one message says. The host's name is in what the client asks, the address in what it is given; the
// address of its own that a client writes is one that it was given before.
func (p *parser) lease(e *event) error {
	d := e.DHCP
	if d == nil {
		return errSection
	}
	l := evidence.Lease{Ref: e.ref, Sensor: e.sensor.capture.Sensor, At: e.at, MAC: strings.ToLower(string(d.MAC)), HostName: string(d.Name)}
	for _, s := range []text{d.Client, d.Assigned} {
		if a, ok := parsers.Address(s); ok && !a.IsUnspecified() {
			l.Client = a
		}
	}
	if string(d.Type) == "ack" {
		l.Span = seconds(d.Lease)
	}
	if kind := string(d.Type); kind == "offer" || kind == "nak" || !l.Client.IsValid() && l.HostName == "" {
		p.doubts.unused(e.Type)
		return nil
	}
	p.out.Lease(l)
	return nil
}
