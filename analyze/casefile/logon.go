package casefile

import (
	"cmp"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// adoptLogon gives a what only b knows of who logged on: the steps of one logon are stated one by one.
func adoptLogon(a, b *evidence.App) {
	a.RDP, a.NTLM, a.Kerberos = both(a.RDP, b.RDP, joinRDP), both(a.NTLM, b.NTLM, joinNTLM), both(a.Kerberos, b.Kerberos, joinKerberos)
}

// both joins two values, of which either may be missing.
func both[T any](a, b *T, join func(a, b T) T) *T {
	if a == nil || b == nil || a == b {
		return cmp.Or(a, b)
	}
	joined := join(*a, *b)
	return &joined
}

func joinRDP(a, b evidence.RDP) evidence.RDP {
	return evidence.RDP{Cookie: cmp.Or(a.Cookie, b.Cookie), TLS: a.TLS || b.TLS, ClientName: cmp.Or(a.ClientName, b.ClientName)}
}

func joinNTLM(a, b evidence.NTLM) evidence.NTLM {
	return evidence.NTLM{User: cmp.Or(a.User, b.User), Domain: cmp.Or(a.Domain, b.Domain), Host: cmp.Or(a.Host, b.Host), Server: cmp.Or(a.Server, b.Server)}
}

func joinKerberos(a, b evidence.Kerberos) evidence.Kerberos {
	return evidence.Kerberos{Clients: union(a.Clients, b.Clients), Services: union(a.Services, b.Services), Errors: union(a.Errors, b.Errors)}
}

// nameUser says of SMB who logged on, where a log of its own states it. It leaves c as it is.
func nameUser(c *evidence.Conn) *evidence.Conn {
	if c.SMB == nil || c.NTLM == nil {
		return c
	}
	named, s := *c, *c.SMB
	s.User, s.Domain, s.Host = cmp.Or(s.User, c.NTLM.User), cmp.Or(s.Domain, c.NTLM.Domain), cmp.Or(s.Host, c.NTLM.Host)
	named.SMB = &s
	return &named
}
