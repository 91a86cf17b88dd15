package zeek

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// app makes a statement about the content of a connection of a line that is not in conn.
func (p *parser) app(log string, r row) error {
	orig, resp, ok := ends(r)
	if !ok {
		return errors.New("the ends of the connection cannot be read")
	}
	a := evidence.AppRecord{Ref: p.ref(), Sensor: p.sensor, UID: string(r.text(fUID)), Orig: orig, Resp: resp, Transport: evidence.TCP}
	if a.At, ok = instant(r.text(fTS)); !ok {
		p.doubt(badTime)
	}
	p.span(a.At, a.At)
	a.App = evidence.App{Confirmed: true, Content: true}
	switch log {
	case "dns":
		p.dns(r, &a)
	case "http":
		a.Protocol, a.HTTP = "http", p.http(r)
	case "ssl":
		a.Protocol, a.TLS = "tls", p.tls(r)
		if strings.HasPrefix(a.TLS.Version, "DTLS") {
			a.Protocol, a.Transport = "dtls", evidence.UDP
		}
	case "smb_files":
		a.Protocol, a.SMB = "smb", &evidence.SMB{Shares: p.one(r.text(fSharePath)), Files: one(r.text(fName))}
	case "smb_mapping":
		a.Protocol, a.SMB = "smb", &evidence.SMB{Shares: p.one(r.text(fSharePath))}
	case "dce_rpc":
		p.rpc(r, &a)
	case "kerberos":
		p.kerberos(r, &a)
	case "ntlm":
		p.ntlm(r, &a)
	case "rdp":
		rdp(r, &a)
	case "ssh":
		p.ssh(r, &a)
	}
	p.out.App(a)
	return nil
}

// dns reads one question with its answer. Where Zeek saw only the answer there is no name.
func (p *parser) dns(r row, a *evidence.AppRecord) {
	a.Transport = transport(r, a.Orig)
	a.Protocol = special("dns", a.Transport, a.Orig, a.Resp)
	a.DNS = &evidence.DNS{Total: 1}
	name := p.word(lower(bytes.TrimSuffix(r.text(fQuery), dot)))
	if name == "" && len(r.text(fQType)) == 0 {
		p.doubt(noQuestion)
		return
	}
	q := evidence.Question{At: a.At, Ref: a.Ref, Name: name, Type: number[uint16](r, fQType), RCode: -1}
	if code := count(r, fRCode); code.Known {
		q.RCode = int(min(code.N, 1<<16))
	}
	for _, s := range r.list(fAnswers) {
		p.answer(&q, s)
	}
	a.DNS.Questions = []evidence.Question{q}
}

// answer sorts one answer in: an address, a text with its length before it, or a name.
func (p *parser) answer(q *evidence.Question, b []byte) {
	if addr, ok := parsers.Address(b); ok {
		q.Answers = append(q.Answers, addr)
		return
	}
	if text, isText := bytes.CutPrefix(b, []byte("TXT ")); isText {
		q.Texts += uint32(textBytes(text))
		return
	}
	q.Aliases = append(q.Aliases, p.word(lower(bytes.TrimSuffix(b, dot))))
}

var dot = []byte(".")

// textBytes is the length of a TXT answer, which Zeek writes as "LENGTH TEXT"; a wrong length is not believed.
func textBytes(s []byte) int {
	length, text, _ := bytes.Cut(s, []byte(" "))
	if n, err := strconv.Atoi(string(length)); err == nil && n <= len(text) && n >= 0 {
		return n
	}
	return len(s)
}

// http reads one request with its response. Body lengths of a half that was not seen are written as 0 and not taken.
func (p *parser) http(r row) *evidence.HTTP {
	h := &evidence.HTTP{
		Hosts: p.one(r.text(fHost)), Methods: p.one(r.text(fMethod)), Agents: p.one(r.text(fUserAgent)), URIs: one(r.text(fURI)),
		Types: p.words(r.list(fRespMIMETypes)),
	}
	if len(h.Methods) > 0 {
		h.Requests, h.ReqBody = 1, count(r, fRequestBodyLen)
	}
	if code := count(r, fStatusCode); code.Known {
		h.Responses, h.RespBody = 1, count(r, fResponseBodyLen)
		h.Statuses = []int{int(min(code.N, 1<<16))}
	}
	if string(r.text(fMethod)) == "CONNECT" {
		h.Connect = string(r.text(fURI))
	}
	return h
}

func (p *parser) tls(r row) *evidence.TLS {
	t := &evidence.TLS{
		SNI: p.word(lower(r.text(fServerName))), Chosen: p.word(r.text(fNextProtocol)), Version: p.word(r.text(fVersion)), Cipher: p.word(r.text(fCipher)),
		JA3: p.word(r.text(fJA3)), JA3S: p.word(r.text(fJA3S)), JA4: p.word(r.text(fJA4)), Subject: p.word(r.text(fSubject)), Issuer: p.word(r.text(fIssuer)),
		Alerts: p.one(r.text(fLastAlert)), Established: string(r.text(fEstablished)) == "T", SelfSigned: selfSigned(r),
		CertID: p.leafID(r),
	}
	if chain := r.list(fCertChainFPs); len(chain) > 0 && len(chain[0]) == 64 { // older versions write SHA-1
		t.CertSHA256 = p.word(chain[0])
	}
	return t
}

// selfSigned follows Zeek's validation where it ran, else the names in the certificate.
func selfSigned(r row) evidence.Tri {
	subject, issuer := r.text(fSubject), r.text(fIssuer)
	switch status := string(r.text(fValidationStatus)); {
	case status == "self signed certificate" || status == "self-signed certificate":
		return evidence.Yes
	case status == "ok":
		return evidence.No
	case len(subject) == 0 || len(issuer) == 0:
		return evidence.Unknown
	case bytes.Equal(subject, issuer):
		return evidence.Yes
	}
	return evidence.No
}

// rpc reads a call. Zeek names the pipe it came through, or the port where it came over TCP itself.
func (p *parser) rpc(r row, a *evidence.AppRecord) {
	a.Protocol, a.RPC = "dce_rpc", &evidence.RPC{Endpoints: p.one(lower(r.text(fEndpoint)))}
	if pipe := r.text(fNamedPipe); len(bytes.Trim(pipe, "0123456789")) > 0 {
		a.Protocol, a.Inner = "smb", []string{"dce_rpc"}
	}
}

// one is a list of what b says, empty when b is.
func one(b []byte) []string {
	if len(b) == 0 {
		return nil
	}
	return []string{string(b)}
}

// one is such a list of what repeats.
func (p *parser) one(b []byte) []string {
	if len(b) == 0 {
		return nil
	}
	return []string{p.word(b)}
}

// words is a list of what repeats.
func (p *parser) words(list [][]byte) (all []string) {
	for _, b := range list {
		all = append(all, p.word(b))
	}
	return all
}
