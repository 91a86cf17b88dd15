package casefile

import (
	"cmp"
	"slices"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// connections puts the content records of sensors beside their connections and sorts them.
func (g *gatherer) connections() Connections {
	g.putTogether()
	slices.SortFunc(g.conns, evidence.CompareConns)
	return Connections{held: g.conns, moved: g.moved, sensors: len(g.sensors), err: g.err}
}

// mergeApp adds to a what the record b says of the same connection: its counts are added. Of what a points at its DNS alone is
// changed.
func mergeApp(a, b *evidence.App) {
	http, dns, smb := a.HTTP, a.DNS, a.SMB
	adoptApp(a, b)
	if http != nil {
		mergeHTTP(a, b)
	}
	if dns != nil {
		mergeDNS(a, b)
	}
	if smb != nil {
		mergeSMB(a, b)
	}
}

// adoptApp gives a what only b knows.
func adoptApp(a, b *evidence.App) {
	adoptNames(a, b)
	a.Content = a.Content || b.Content
	a.HTTP, a.TLS, a.DNS = cmp.Or(a.HTTP, b.HTTP), cmp.Or(a.TLS, b.TLS), cmp.Or(a.DNS, b.DNS)
	a.SMB, a.SSH = cmp.Or(a.SMB, b.SMB), cmp.Or(a.SSH, b.SSH)
	adoptLogon(a, b)
	if a.RPC == nil || b.RPC == nil {
		a.RPC = cmp.Or(a.RPC, b.RPC)
		return
	}
	a.RPC = &evidence.RPC{Interfaces: union(a.RPC.Interfaces, b.RPC.Interfaces), Endpoints: union(a.RPC.Endpoints, b.RPC.Endpoints)}
}

func adoptNames(a, b *evidence.App) {
	names := append([]string{b.Protocol}, b.Inner...)
	if a.Protocol == "" || !a.Confirmed && b.Confirmed && b.Protocol != "" {
		a.Protocol, a.Confirmed = b.Protocol, b.Confirmed
	}
	for _, p := range names {
		if p != "" && p != a.Protocol {
			a.Inner = union(a.Inner, []string{p})
		}
	}
}

func mergeHTTP(a, b *evidence.App) {
	if b.HTTP == nil {
		return
	}
	h, o := *a.HTTP, b.HTTP
	h.Hosts, h.Methods = union(h.Hosts, o.Hosts), union(h.Methods, o.Methods)
	h.Agents, h.URIs, h.Types = union(h.Agents, o.Agents), union(h.URIs, o.URIs), union(h.Types, o.Types)
	h.Statuses = union(h.Statuses, o.Statuses)
	h.More = h.More || o.More || lacks(h.Hosts, o.Hosts) || lacks(h.Methods, o.Methods) || lacks(h.Agents, o.Agents) ||
		lacks(h.URIs, o.URIs) || lacks(h.Types, o.Types) || lacks(h.Statuses, o.Statuses)
	switch {
	case o.Requests+o.Responses == 0: // it speaks of a file only: that does not make the bodies unknown
	case h.Requests+h.Responses == 0:
		h.ReqBody, h.RespBody = o.ReqBody, o.RespBody
	default:
		h.ReqBody, h.RespBody = h.ReqBody.Add(o.ReqBody), h.RespBody.Add(o.RespBody)
	}
	h.Requests += o.Requests
	h.Responses += o.Responses
	a.HTTP = &h
}

func mergeDNS(a, b *evidence.App) {
	if b.DNS == nil {
		return
	}
	d := a.DNS
	room := max(0, evidence.MaxQuestions-len(d.Questions))
	d.Total += b.DNS.Total
	d.Questions = append(d.Questions, b.DNS.Questions[:min(room, len(b.DNS.Questions))]...)
}

func mergeSMB(a, b *evidence.App) {
	if b.SMB == nil {
		return
	}
	s, o := *a.SMB, b.SMB
	s.Shares, s.Files = union(s.Shares, o.Shares), union(s.Files, o.Files)
	s.More = s.More || o.More || lacks(s.Shares, o.Shares) || lacks(s.Files, o.Files)
	s.Encrypted = s.Encrypted || o.Encrypted
	s.Dialect, s.User = cmp.Or(s.Dialect, o.Dialect), cmp.Or(s.User, o.User)
	s.Domain, s.Host = cmp.Or(s.Domain, o.Domain), cmp.Or(s.Host, o.Host)
	s.Written, s.Read = plus(s.Written, o.Written), plus(s.Read, o.Read)
	a.SMB = &s
}

// plus adds what two records say of a connection's files: one that counts nothing, as that of a command, takes nothing
// from the other.
func plus(a, b evidence.Count) evidence.Count {
	if !a.Known || !b.Known {
		return cmp.Or(a, b)
	}
	return a.Add(b)
}

// maxListed bounds the lists of a connection's content that several records add to.
const maxListed = 256

// lacks tells whether a, which b was added to, had no room for all of it.
func lacks[T comparable](a, b []T) bool {
	return len(a) >= maxListed && slices.ContainsFunc(b, func(x T) bool { return !slices.Contains(a, x) })
}

func union[T comparable](a, b []T) []T {
	for _, x := range b {
		if len(a) < maxListed && !slices.Contains(a, x) {
			a = append(slices.Clip(a), x)
		}
	}
	return a
}
