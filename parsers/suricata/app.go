package suricata

import (
	"net/netip"
	"strings"

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
	a := e.record(orig, resp)
	a.App = evidence.App{Confirmed: true, Content: true}
	if !content(e, &a) {
		p.doubts.unused(string(e.Type))
		return nil
	}
	p.out.App(a)
	return nil
}

func (e *event) record(orig, resp netip.AddrPort) evidence.AppRecord {
	return evidence.AppRecord{Ref: e.ref, Sensor: e.sensor.capture.Sensor, UID: string(e.FlowID), At: e.at, Transport: e.transport(), Orig: orig, Resp: resp}
}

type ssh struct {
	Client, Server struct {
		Proto    text `json:"proto_version"`
		Software text `json:"software_version"`
	}
}

// ssh puts the identification strings together again; a comment behind them is not logged.
//
// https://www.rfc-editor.org/rfc/rfc4253#section-4.2
func (e *event) ssh(a *evidence.AppRecord) bool {
	if e.SSH == nil {
		return false
	}
	said := func(proto, software text) string {
		if software == "" {
			return ""
		}
		return "SSH-" + string(proto) + "-" + string(software)
	}
	a.Protocol = "ssh"
	a.SSH = &evidence.SSH{Client: said(e.SSH.Client.Proto, e.SSH.Client.Software), Server: said(e.SSH.Server.Proto, e.SSH.Server.Software)}
	return true
}

type rdp struct {
	Type     text `json:"event_type"`
	Cookie   text `json:"cookie"`
	Protocol text `json:"protocol"`
	Client   struct {
		Name text `json:"client_name"`
	} `json:"client"`
}

// rdp reads one step of the negotiation. Whatever the server chooses but RDP's own encryption runs over TLS.
func (e *event) rdp(a *evidence.AppRecord) bool {
	r := e.RDP
	if r == nil {
		return false
	}
	a.Protocol = "rdp"
	a.RDP = &evidence.RDP{Cookie: string(r.Cookie), ClientName: string(r.Client.Name), TLS: r.Type == "tls_handshake" || r.Protocol != "" && r.Protocol != "rdp"}
	return true
}

type krb5 struct {
	Client text `json:"cname"`
	Realm  text `json:"realm"`
	Server text `json:"sname"`
	Error  text `json:"error_code"`
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
	if s == "<empty>" {
		return nil
	}
	return strs(s)
}

type dhcp struct {
	Type     text   `json:"dhcp_type"`
	MAC      text   `json:"client_mac"`
	Assigned text   `json:"assigned_ip"`
	Client   text   `json:"client_ip"`
	Name     text   `json:"hostname"`
	Lease    number `json:"lease_time"`
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
		if a, err := netip.ParseAddr(string(s)); err == nil && !a.IsUnspecified() {
			l.Client = a.Unmap()
		}
	}
	if d.Type == "ack" {
		l.Span = seconds(d.Lease)
	}
	if d.Type == "offer" || d.Type == "nak" || !l.Client.IsValid() && l.HostName == "" {
		p.doubts.unused(string(e.Type))
		return nil
	}
	p.out.Lease(l)
	return nil
}
