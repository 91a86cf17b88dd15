package spill

import (
	"net/netip"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

func conn(k coder, c *evidence.Conn) {
	ref(k, &c.Ref)
	ref(k, &c.Last)
	k.name(&c.Sensor)
	k.text(&c.UID)
	text(k, (*string)(&c.Transport))
	end(k, &c.Orig)
	end(k, &c.Resp)
	flag(k, &c.OrigKnown)
	k.time(&c.Start)
	k.time(&c.End)
	for _, p := range []*evidence.Pair{&c.Volume.Payload, &c.Volume.Seen, &c.Volume.IP, &c.Volume.Frame, &c.Volume.Packets, &c.Volume.Missed, &c.Volume.Cut} {
		count(k, &p.Orig)
		count(k, &p.Resp)
	}
	k.text(&c.State)
	k.text(&c.History)
	flag(k, &c.MidStream)
	ref(k, &c.Tunnel)
	k.text(&c.TunnelKind)
	flag(k, &c.Carries)
	ref(k, &c.Announced)
	list(k, &c.VLAN, number[uint16])
	app(k, &c.App)
	list(k, &c.Series, point)
}

func ref(k coder, r *evidence.Ref) {
	k.name(&r.File)
	k.name(&r.Unit)
	k.uint(&r.N)
}

func end(k coder, a *netip.AddrPort) {
	addr, port := a.Addr(), a.Port()
	k.addr(&addr)
	number(k, &port)
	*a = netip.AddrPortFrom(addr, port)
}

func count(k coder, c *evidence.Count) {
	flag(k, &c.Known)
	if c.Known {
		k.uint(&c.N)
	}
}

func text(k coder, s *string) { k.text(s) }

func texts(k coder, s *[]string) { list(k, s, text) }

func point(k coder, p *evidence.Point) {
	k.time(&p.At)
	k.uint(&p.Orig)
	k.uint(&p.Resp)
}

func app(k coder, a *evidence.App) {
	k.text(&a.Protocol)
	texts(k, &a.Inner)
	flag(k, &a.Confirmed)
	flag(k, &a.Content)
	optional(k, &a.HTTP, http)
	optional(k, &a.TLS, tls)
	optional(k, &a.DNS, dns)
	optional(k, &a.SMB, smb)
	optional(k, &a.RDP, rdp)
	optional(k, &a.SSH, ssh)
	optional(k, &a.RPC, rpc)
	optional(k, &a.Kerberos, kerberos)
	optional(k, &a.NTLM, ntlm)
}

func http(k coder, h *evidence.HTTP) {
	for _, s := range []*[]string{&h.Hosts, &h.Methods, &h.Agents, &h.URIs, &h.Types} {
		texts(k, s)
	}
	list(k, &h.Statuses, number[int])
	k.uint(&h.Requests)
	k.uint(&h.Responses)
	count(k, &h.ReqBody)
	count(k, &h.RespBody)
	k.text(&h.Connect)
	flag(k, &h.More)
}

func tls(k coder, t *evidence.TLS) {
	for _, s := range []*string{&t.SNI, &t.Chosen, &t.Version, &t.Offered, &t.Cipher, &t.JA3, &t.JA4, &t.JA3String, &t.JA3S, &t.Subject, &t.Issuer, &t.CertSHA256, &t.CertID} {
		k.text(s)
	}
	texts(k, &t.ALPN)
	texts(k, &t.Names)
	texts(k, &t.Alerts)
	flag(k, &t.ECH)
	flag(k, &t.Established)
	k.time(&t.NotBefore)
	k.time(&t.NotAfter)
	number(k, &t.SelfSigned)
}

func dns(k coder, d *evidence.DNS) {
	list(k, &d.Questions, question)
	k.uint(&d.Total)
}

func question(k coder, q *evidence.Question) {
	k.time(&q.At)
	ref(k, &q.Ref)
	k.text(&q.Name)
	number(k, &q.Type)
	number(k, &q.RCode)
	list(k, &q.Answers, coder.addr)
	texts(k, &q.Aliases)
	number(k, &q.QueryBytes)
	number(k, &q.AnswerBytes)
	number(k, &q.Texts)
}

func smb(k coder, m *evidence.SMB) {
	k.text(&m.Dialect)
	flag(k, &m.Encrypted)
	texts(k, &m.Shares)
	texts(k, &m.Files)
	count(k, &m.Written)
	count(k, &m.Read)
	k.text(&m.User)
	k.text(&m.Domain)
	k.text(&m.Host)
}

func rdp(k coder, r *evidence.RDP) {
	k.text(&r.Cookie)
	flag(k, &r.TLS)
	k.text(&r.ClientName)
}

func ssh(k coder, s *evidence.SSH) {
	k.text(&s.Client)
	k.text(&s.Server)
}

func rpc(k coder, r *evidence.RPC) {
	texts(k, &r.Interfaces)
	texts(k, &r.Endpoints)
}

func kerberos(k coder, t *evidence.Kerberos) {
	texts(k, &t.Clients)
	texts(k, &t.Services)
	texts(k, &t.Errors)
}

func ntlm(k coder, n *evidence.NTLM) {
	for _, s := range []*string{&n.User, &n.Domain, &n.Host, &n.Server} {
		k.text(s)
	}
}
