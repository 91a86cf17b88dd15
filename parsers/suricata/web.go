package suricata

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// http is one request with its response. Length is the body of the response as it was transferred, before anything was
// unpacked; where it came in chunks their framing is counted in.
type http struct {
	Host, Port, URL, Agent, Type, Method text
	Status, Length                       number
	Request, Response                    []header
}

func (h *http) field(name []byte) any {
	switch string(name) {
	case "hostname":
		return &h.Host
	case "http_port":
		return &h.Port
	case "url":
		return &h.URL
	case "http_user_agent":
		return &h.Agent
	case "http_content_type":
		return &h.Type
	case "http_method":
		return &h.Method
	case "status":
		return &h.Status
	case "length":
		return &h.Length
	case "request_headers":
		return &h.Request
	case "response_headers":
		return &h.Response
	}
	return nil
}

// http2 is how version 6 wrote requests of HTTP/2; later ones write them as http, with the headers beside.
type http2 struct {
	Request, Response headers
}

func (h *http2) field(name []byte) any {
	switch string(name) {
	case "request":
		return &h.Request
	case "response":
		return &h.Response
	}
	return nil
}

type headers struct {
	Headers []header
}

func (h *headers) field(name []byte) any {
	switch string(name) {
	case "headers":
		return &h.Headers
	}
	return nil
}

type header struct {
	Name, Value text
}

func (h *header) field(name []byte) any {
	switch string(name) {
	case "name":
		return &h.Name
	case "value":
		return &h.Value
	}
	return nil
}

func (e *event) http(a *evidence.AppRecord) bool {
	h := e.HTTP
	if h == nil && e.HTTP2 != nil {
		h = &http{Request: e.HTTP2.Request.Headers, Response: e.HTTP2.Response.Headers}
	}
	if h == nil {
		return false
	}
	h.headers()
	out := &evidence.HTTP{Hosts: strs(h.Host), Methods: strs(h.Method), Agents: strs(h.Agent), URIs: strs(h.URL), Types: strs(h.Type)}
	if len(h.Method) > 0 || len(h.URL) > 0 {
		out.Requests = 1
	}
	if h.Status.Known {
		out.Responses, out.RespBody = 1, h.Length.Count
		out.Statuses = []int{int(min(h.Status.N, 1<<16))}
	}
	if string(h.Method) == "CONNECT" {
		out.Connect = cmp.Or(string(h.URL), strings.TrimSuffix(string(h.Host)+":"+string(h.Port), ":"))
	}
	a.Protocol, a.HTTP = "http", out
	return h.Status.Known || len(or(h.Host, h.URL, h.Agent, h.Type, h.Method)) > 0
}

// headers takes from the headers what is not stated beside them.
func (h *http) headers() {
	for _, r := range h.Request {
		switch strings.ToLower(string(r.Name)) {
		case ":authority", "host":
			h.Host = or(h.Host, r.Value)
		case ":method":
			h.Method = or(h.Method, r.Value)
		case ":path":
			h.URL = or(h.URL, r.Value)
		case "user-agent":
			h.Agent = or(h.Agent, r.Value)
		}
	}
	for _, r := range h.Response {
		switch strings.ToLower(string(r.Name)) {
		case ":status":
			if n, err := strconv.ParseUint(string(r.Value), 10, 16); err == nil && !h.Status.Known {
				h.Status.Count = evidence.Measured(n)
			}
		case "content-type":
			h.Type = or(h.Type, r.Value)
		}
	}
}

// tls is one handshake, with as much of it as was configured.
type tls struct {
	Subject, Issuer, SNI, Version, NotBefore, NotAfter text
	Names                                              texts
	JA3, JA3S                                          ja3
	JA4, Certificate                                   text
	Chain, ClientALPN, ServerALPN                      texts
	From                                               text
}

func (t *tls) field(name []byte) any {
	switch string(name) {
	case "subject":
		return &t.Subject
	case "issuerdn":
		return &t.Issuer
	case "sni":
		return &t.SNI
	case "version":
		return &t.Version
	case "notbefore":
		return &t.NotBefore
	case "notafter":
		return &t.NotAfter
	case "subjectaltname":
		return &t.Names
	case "ja3":
		return &t.JA3
	case "ja3s":
		return &t.JA3S
	case "ja4":
		return &t.JA4
	case "certificate":
		return &t.Certificate
	case "chain":
		return &t.Chain
	case "client_alpns":
		return &t.ClientALPN
	case "server_alpns":
		return &t.ServerALPN
	case "from_proto":
		return &t.From
	}
	return nil
}

type ja3 struct {
	Hash, String text
}

func (j *ja3) field(name []byte) any {
	switch string(name) {
	case "hash":
		return &j.Hash
	case "string":
		return &j.String
	}
	return nil
}

func (e *event) tls(a *evidence.AppRecord) bool {
	t := e.TLS
	if t == nil {
		return false
	}
	out := &evidence.TLS{
		SNI: host(t.SNI), ALPN: t.ClientALPN.strings(), Version: tlsVersion(t.Version), Subject: string(t.Subject), Issuer: string(t.Issuer),
		Names: t.Names.strings(), JA3: string(t.JA3.Hash), JA3String: string(t.JA3.String), JA3S: string(t.JA3S.Hash), JA4: string(t.JA4),
		NotBefore: validity(t.NotBefore), NotAfter: validity(t.NotAfter), SelfSigned: selfSigned(t), CertSHA256: t.leaf(),
	}
	if alpn := t.ServerALPN.strings(); len(alpn) > 0 {
		out.Chosen = alpn[0]
	}
	a.Protocol, a.TLS = "tls", out
	if e.transport() == evidence.UDP {
		a.Protocol = "dtls"
	}
	if from := protocol(t.From, &evidence.Conn{}); from != "" && from != a.Protocol {
		a.Protocol, a.Inner = from, []string{a.Protocol}
	}
	return true
}

// tlsVersion turns "TLS 1.2" and "TLSv1" into the names of our schema; drafts keep their addition.
func tlsVersion(v text) string {
	switch string(v) {
	case "UNDETERMINED":
		return ""
	case "TLSv1":
		return "TLSv10"
	case "TLS 1.1", "TLS 1.2", "TLS 1.3":
		return "TLSv1" + string(v[len(v)-1:])
	}
	return string(v)
}

// validity reads a time of a certificate, which has no offset because certificates have none.
func validity(s text) time.Time {
	t, err := time.Parse(local, string(s))
	if err != nil {
		return time.Time{}
	}
	return t
}

func selfSigned(t *tls) evidence.Tri {
	switch {
	case len(t.Subject) == 0 || len(t.Issuer) == 0:
		return evidence.Unknown
	case string(t.Subject) == string(t.Issuer):
		return evidence.Yes
	}
	return evidence.No
}

// leaf hashes the server's certificate, where the log carries it.
func (t *tls) leaf() string {
	encoded := t.Certificate
	if len(encoded) == 0 && len(t.Chain) > 0 {
		encoded = t.Chain[0]
	}
	der, err := base64.StdEncoding.DecodeString(string(encoded))
	if err != nil || len(der) == 0 {
		return ""
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

type quic struct {
	SNI       text
	JA3, JA3S ja3
	JA4       text
}

func (q *quic) field(name []byte) any {
	switch string(name) {
	case "sni":
		return &q.SNI
	case "ja3":
		return &q.JA3
	case "ja3s":
		return &q.JA3S
	case "ja4":
		return &q.JA4
	}
	return nil
}

func (e *event) quic(a *evidence.AppRecord) bool {
	q := e.QUIC
	if q == nil {
		return false
	}
	a.Protocol = "quic"
	a.TLS = &evidence.TLS{SNI: host(q.SNI), JA3: string(q.JA3.Hash), JA3String: string(q.JA3.String), JA3S: string(q.JA3S.Hash), JA4: string(q.JA4)}
	return true
}

// seconds reads a span; one that no clock holds is none.
func seconds(n number) time.Duration {
	if n.N > math.MaxInt64/uint64(time.Second) {
		return 0
	}
	return time.Duration(n.N) * time.Second
}
