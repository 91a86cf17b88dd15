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
	Host     text     `json:"hostname"`
	Port     text     `json:"http_port"`
	URL      text     `json:"url"`
	Agent    text     `json:"http_user_agent"`
	Type     text     `json:"http_content_type"`
	Method   text     `json:"http_method"`
	Status   number   `json:"status"`
	Length   number   `json:"length"`
	Request  []header `json:"request_headers"`
	Response []header `json:"response_headers"`
}

// http2 is how version 6 wrote requests of HTTP/2; later ones write them as http, with the headers beside.
type http2 struct {
	Request struct {
		Headers []header `json:"headers"`
	} `json:"request"`
	Response struct {
		Headers []header `json:"headers"`
	} `json:"response"`
}

type header struct {
	Name  text `json:"name"`
	Value text `json:"value"`
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
	if h.Method != "" || h.URL != "" {
		out.Requests = 1
	}
	if h.Status.Known {
		out.Responses, out.RespBody = 1, h.Length.Count
		out.Statuses = []int{int(min(h.Status.N, 1<<16))}
	}
	if h.Method == "CONNECT" {
		out.Connect = cmp.Or(string(h.URL), strings.TrimSuffix(string(h.Host+":"+h.Port), ":"))
	}
	a.Protocol, a.HTTP = "http", out
	return h.fields() != fields{}
}

// fields are those without lists, to tell a frame of HTTP/2 that says nothing of a request.
type fields struct {
	host, url, agent, kind, method text
	status                         number
}

func (h *http) fields() fields { return fields{h.Host, h.URL, h.Agent, h.Type, h.Method, h.Status} }

// headers takes from the headers what is not stated beside them.
func (h *http) headers() {
	for _, r := range h.Request {
		switch strings.ToLower(string(r.Name)) {
		case ":authority", "host":
			h.Host = cmp.Or(h.Host, r.Value)
		case ":method":
			h.Method = cmp.Or(h.Method, r.Value)
		case ":path":
			h.URL = cmp.Or(h.URL, r.Value)
		case "user-agent":
			h.Agent = cmp.Or(h.Agent, r.Value)
		}
	}
	for _, r := range h.Response {
		switch strings.ToLower(string(r.Name)) {
		case ":status":
			if n, err := strconv.ParseUint(string(r.Value), 10, 16); err == nil && !h.Status.Known {
				h.Status.Count = evidence.Measured(n)
			}
		case "content-type":
			h.Type = cmp.Or(h.Type, r.Value)
		}
	}
}

// tls is one handshake, with as much of it as was configured.
type tls struct {
	Subject     text  `json:"subject"`
	Issuer      text  `json:"issuerdn"`
	SNI         text  `json:"sni"`
	Version     text  `json:"version"`
	NotBefore   text  `json:"notbefore"`
	NotAfter    text  `json:"notafter"`
	Names       texts `json:"subjectaltname"`
	JA3         ja3   `json:"ja3"`
	JA3S        ja3   `json:"ja3s"`
	JA4         text  `json:"ja4"`
	Certificate text  `json:"certificate"`
	Chain       texts `json:"chain"`
	ClientALPN  texts `json:"client_alpns"`
	ServerALPN  texts `json:"server_alpns"`
	From        text  `json:"from_proto"`
}

type ja3 struct {
	Hash   text `json:"hash"`
	String text `json:"string"`
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
	switch v {
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
	case t.Subject == "" || t.Issuer == "":
		return evidence.Unknown
	case t.Subject == t.Issuer:
		return evidence.Yes
	}
	return evidence.No
}

// leaf hashes the server's certificate, where the log carries it.
func (t *tls) leaf() string {
	encoded := t.Certificate
	if encoded == "" && len(t.Chain) > 0 {
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
	SNI  text `json:"sni"`
	JA3  ja3  `json:"ja3"`
	JA3S ja3  `json:"ja3s"`
	JA4  text `json:"ja4"`
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
