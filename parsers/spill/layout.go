package spill

import (
	"net/netip"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// glance codes what tells connections apart, puts them in order and joins them with logs, and the names asked for.
func glance(k *coder, c *evidence.Conn) {
	k.time(&c.Start)
	k.time(&c.End)
	k.flags(&c.OrigKnown, &c.MidStream)
	end(k, &c.Orig)
	end(k, &c.Resp)
	k.name((*string)(&c.Transport))
	ref(k, &c.Ref)
	k.name(&c.Sensor)
	k.text(&c.UID)
	ref(k, &c.Tunnel)
	optional(k, &c.DNS, dns)
}

// rest codes what glance leaves.
func rest(k *coder, c *evidence.Conn) {
	ref(k, &c.Last)
	k.flags(&c.Carries, &c.Confirmed, &c.Content, &c.Part)
	volume(k, &c.Volume)
	k.name(&c.State)
	k.text(&c.History)
	k.name(&c.TunnelKind)
	ref(k, &c.Announced)
	list(k, &c.VLAN, number[uint16])
	app(k, &c.App)
	list(k, &c.Series, point)
}

func volume(k *coder, v *evidence.Volume) {
	all := [...]*evidence.Count{&v.Payload.Orig, &v.Payload.Resp, &v.Seen.Orig, &v.Seen.Resp, &v.IP.Orig, &v.IP.Resp, &v.Frame.Orig, &v.Frame.Resp,
		&v.Packets.Orig, &v.Packets.Resp, &v.Missed.Orig, &v.Missed.Resp, &v.Cut.Orig, &v.Cut.Resp}
	counts(k, all[:]...)
}

func ref(k *coder, r *evidence.Ref) {
	k.name(&r.File)
	k.name(&r.Unit)
	k.uint(&r.N)
}

func end(k *coder, a *netip.AddrPort) {
	addr, port := a.Addr(), a.Port()
	k.addr(&addr)
	if number(k, &port); k.taking {
		*a = netip.AddrPortFrom(addr, port)
	}
}

// counts codes what may not have been measured.
func counts(k *coder, all ...*evidence.Count) {
	mask := uint64(0)
	for i, c := range all {
		if c.Known {
			mask |= 1 << i
		}
	}
	k.uint(&mask)
	for i, c := range all {
		if c.Known = mask&(1<<i) != 0; c.Known {
			k.uint(&c.N)
		}
	}
}

func text(k *coder, s *string) { k.text(s) }

func texts(k *coder, s *[]string) { list(k, s, text) }

func point(k *coder, p *evidence.Point) {
	k.time(&p.At)
	k.uint(&p.Orig)
	k.uint(&p.Resp)
}

func app(k *coder, a *evidence.App) {
	k.name(&a.Protocol)
	texts(k, &a.Inner)
	optional(k, &a.HTTP, http)
	optional(k, &a.TLS, tls)
	optional(k, &a.SMB, smb)
	optional(k, &a.RDP, rdp)
	optional(k, &a.SSH, ssh)
	optional(k, &a.RPC, rpc)
	optional(k, &a.Kerberos, kerberos)
	optional(k, &a.NTLM, ntlm)
}

func http(k *coder, h *evidence.HTTP) {
	for _, s := range []*[]string{&h.Hosts, &h.Methods, &h.Agents, &h.URIs, &h.Types} {
		texts(k, s)
	}
	list(k, &h.Statuses, number[int])
	k.uint(&h.Requests)
	k.uint(&h.Responses)
	counts(k, &h.ReqBody, &h.RespBody)
	k.text(&h.Connect)
	k.flags(&h.More)
}

func tls(k *coder, t *evidence.TLS) {
	for _, s := range []*string{&t.SNI, &t.Chosen, &t.Version, &t.Offered, &t.Cipher, &t.JA3, &t.JA4, &t.JA3String, &t.JA3S, &t.Subject, &t.Issuer, &t.CertSHA256, &t.CertID} {
		k.text(s)
	}
	texts(k, &t.ALPN)
	texts(k, &t.Names)
	texts(k, &t.Alerts)
	k.flags(&t.ECH, &t.Established, &t.MoreNames)
	k.time(&t.NotBefore)
	k.time(&t.NotAfter)
	number(k, &t.SelfSigned)
}

func dns(k *coder, d *evidence.DNS) {
	list(k, &d.Questions, question)
	k.uint(&d.Total)
}

func question(k *coder, q *evidence.Question) {
	k.time(&q.At)
	ref(k, &q.Ref)
	k.text(&q.Name)
	number(k, &q.Type)
	number(k, &q.RCode)
	list(k, &q.Answers, (*coder).addr)
	texts(k, &q.Aliases)
	number(k, &q.QueryBytes)
	number(k, &q.AnswerBytes)
	number(k, &q.Texts)
}

func smb(k *coder, m *evidence.SMB) {
	k.text(&m.Dialect)
	k.flags(&m.Encrypted, &m.More)
	texts(k, &m.Shares)
	texts(k, &m.Files)
	counts(k, &m.Written, &m.Read)
	k.text(&m.User)
	k.text(&m.Domain)
	k.text(&m.Host)
}

func rdp(k *coder, r *evidence.RDP) {
	k.text(&r.Cookie)
	k.flags(&r.TLS)
	k.text(&r.ClientName)
}

func ssh(k *coder, s *evidence.SSH) {
	k.text(&s.Client)
	k.text(&s.Server)
}

func rpc(k *coder, r *evidence.RPC) {
	texts(k, &r.Interfaces)
	texts(k, &r.Endpoints)
}

func kerberos(k *coder, t *evidence.Kerberos) {
	texts(k, &t.Clients)
	texts(k, &t.Services)
	texts(k, &t.Errors)
}

func ntlm(k *coder, n *evidence.NTLM) {
	for _, s := range []*string{&n.User, &n.Domain, &n.Host, &n.Server} {
		k.text(s)
	}
}
