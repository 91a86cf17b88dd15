package service

import (
	"bytes"
	"encoding/base64"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A logon collects the names that the authentication of a connection shows, in whichever protocol it runs: as a token of
// NTLM, or of Kerberos in the form of https://www.rfc-editor.org/rfc/rfc4121#section-4.1.
type logon struct {
	kerberos evidence.Kerberos
	ntlm     evidence.NTLM
}

// kerberosToken stands before the AP-REQ in a token: the mechanism and the kind of token.
const kerberosToken = "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00"

// token reads what lies somewhere in b, bare or wrapped in a negotiation.
func (l *logon) token(b []byte) {
	if n, ok := findNTLM(b); ok {
		l.ntlmMessage(n)
	}
	if _, after, ok := bytes.Cut(b, []byte(kerberosToken)); ok {
		readKerberos(after, &l.kerberos)
	}
}

func (l *logon) ntlmMessage(n ntlmNames) {
	if n.server != "" {
		l.ntlm.Server = n.server
	}
	if n.user != "" || l.ntlm.User == "" && n.host != "" {
		l.ntlm.User, l.ntlm.Domain, l.ntlm.Host = n.user, n.domain, n.host
	}
}

// header reads the value of an HTTP field that authenticates: https://www.rfc-editor.org/rfc/rfc4559#section-4
func (l *logon) header(value string) {
	scheme, token, _ := strings.Cut(value, " ")
	if !strings.EqualFold(scheme, "NTLM") && !strings.EqualFold(scheme, "Negotiate") {
		return
	}
	if b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(token)); err == nil {
		l.token(b)
	}
}

// describe adds the names where the result has none yet.
func (l *logon) describe(r *Result) {
	if len(l.kerberos.Clients)+len(l.kerberos.Services)+len(l.kerberos.Errors) > 0 {
		found := l.kerberos
		take(&r.Kerberos, &found)
	}
	if l.ntlm != (evidence.NTLM{}) {
		found := l.ntlm
		take(&r.NTLM, &found)
	}
}
