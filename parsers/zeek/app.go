package zeek

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// app makes a statement about the content of a connection of a line that is not in conn.
func (p *parser) app(log string, r row) error {
	orig, resp, ok := ends(r)
	if !ok {
		return errors.New("the ends of the connection cannot be read")
	}
	a := evidence.AppRecord{Ref: p.ref(), Sensor: p.sensor, UID: r.text("uid"), Orig: orig, Resp: resp, Transport: evidence.TCP}
	if a.At, ok = instant(r.text("ts")); !ok {
		p.doubt(badTime)
	}
	p.span(a.At, a.At)
	a.App = evidence.App{Confirmed: true, Content: true}
	switch log {
	case "dns":
		p.dns(r, &a)
	case "http":
		a.Protocol, a.HTTP = "http", http(r)
	case "ssl":
		a.Protocol, a.TLS = "tls", tls(r)
		if strings.HasPrefix(a.TLS.Version, "DTLS") {
			a.Protocol, a.Transport = "dtls", evidence.UDP
		}
	case "smb_files":
		a.Protocol, a.SMB = "smb", &evidence.SMB{Shares: strs(r.text("path")), Files: strs(r.text("name"))}
	case "smb_mapping":
		a.Protocol, a.SMB = "smb", &evidence.SMB{Shares: strs(r.text("path"))}
	case "dce_rpc":
		rpc(r, &a)
	case "kerberos":
		kerberos(r, &a)
	case "ntlm":
		ntlm(r, &a)
	case "rdp":
		rdp(r, &a)
	case "ssh":
		ssh(r, &a)
	}
	p.out.App(a)
	return nil
}

// dns reads one question with its answer. Where Zeek saw only the answer there is no name.
func (p *parser) dns(r row, a *evidence.AppRecord) {
	a.Transport = transport(r, a.Orig)
	a.Protocol = special("dns", &evidence.Conn{Transport: a.Transport, Orig: a.Orig, Resp: a.Resp})
	a.DNS = &evidence.DNS{Total: 1}
	name := strings.ToLower(strings.TrimSuffix(r.text("query"), "."))
	if name == "" && r.text("qtype") == "" {
		p.doubt(noQuestion)
		return
	}
	q := evidence.Question{At: a.At, Ref: a.Ref, Name: name, Type: number[uint16](r, "qtype"), RCode: -1}
	if code := count(r, "rcode"); code.Known {
		q.RCode = int(min(code.N, 1<<16))
	}
	for _, s := range r.list("answers") {
		answer(&q, s)
	}
	a.DNS.Questions = []evidence.Question{q}
}

// answer sorts one answer in: an address, a text with its length before it, or a name.
func answer(q *evidence.Question, s string) {
	if addr, err := netip.ParseAddr(s); err == nil {
		q.Answers = append(q.Answers, addr.Unmap())
		return
	}
	if text, isText := strings.CutPrefix(s, "TXT "); isText {
		q.Texts += uint32(textBytes(text))
		return
	}
	q.Aliases = append(q.Aliases, strings.ToLower(strings.TrimSuffix(s, ".")))
}

// textBytes is the length of a TXT answer, which Zeek writes as "LENGTH TEXT"; a wrong length is not believed.
func textBytes(s string) int {
	length, text, _ := strings.Cut(s, " ")
	if n, err := strconv.Atoi(length); err == nil && n <= len(text) && n >= 0 {
		return n
	}
	return len(s)
}

// http reads one request with its response. Body lengths of a half that was not seen are written as 0 and not taken.
func http(r row) *evidence.HTTP {
	h := &evidence.HTTP{
		Hosts: strs(r.text("host")), Methods: strs(r.text("method")), Agents: strs(r.text("user_agent")), URIs: strs(r.text("uri")),
		Types: r.list("resp_mime_types"),
	}
	if len(h.Methods) > 0 {
		h.Requests, h.ReqBody = 1, count(r, "request_body_len")
	}
	if code := count(r, "status_code"); code.Known {
		h.Responses, h.RespBody = 1, count(r, "response_body_len")
		h.Statuses = []int{int(min(code.N, 1<<16))}
	}
	if r.text("method") == "CONNECT" {
		h.Connect = r.text("uri")
	}
	return h
}

func tls(r row) *evidence.TLS {
	t := &evidence.TLS{
		SNI: strings.ToLower(r.text("server_name")), Chosen: r.text("next_protocol"), Version: r.text("version"), Cipher: r.text("cipher"),
		JA3: r.text("ja3"), JA3S: r.text("ja3s"), JA4: r.text("ja4"), Subject: r.text("subject"), Issuer: r.text("issuer"),
		Alerts: strs(r.text("last_alert")), Established: r.text("established") == "T", SelfSigned: selfSigned(r),
		CertID: leafID(r),
	}
	if chain := r.list("cert_chain_fps"); len(chain) > 0 && len(chain[0]) == 64 { // older versions write SHA-1
		t.CertSHA256 = chain[0]
	}
	return t
}

// selfSigned follows Zeek's validation where it ran, else the names in the certificate.
func selfSigned(r row) evidence.Tri {
	subject, issuer := r.text("subject"), r.text("issuer")
	switch status := r.text("validation_status"); {
	case status == "self signed certificate" || status == "self-signed certificate":
		return evidence.Yes
	case status == "ok":
		return evidence.No
	case subject == "" || issuer == "":
		return evidence.Unknown
	case subject == issuer:
		return evidence.Yes
	}
	return evidence.No
}

// rpc reads a call. Zeek names the pipe it came through, or the port where it came over TCP itself.
func rpc(r row, a *evidence.AppRecord) {
	a.Protocol, a.RPC = "dce_rpc", &evidence.RPC{Endpoints: strs(strings.ToLower(r.text("endpoint")))}
	if pipe := r.text("named_pipe"); pipe != "" && strings.Trim(pipe, "0123456789") != "" {
		a.Protocol, a.Inner = "smb", []string{"dce_rpc"}
	}
}

// strs is a list of s, empty when s is.
func strs(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
