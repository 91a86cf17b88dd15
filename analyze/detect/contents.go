package detect

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A said is what the content of one connection says, as far as a detector reads it.
type said struct {
	Ref  evidence.Ref
	HTTP *evidence.HTTP
	TLS  *evidence.TLS
	SMB  *evidence.SMB
	RPC  *evidence.RPC
	RDP  *evidence.RDP
}

// contents are what the connections of a usage said, in their order. Of many, those are kept that say something new.
type contents struct {
	said []said
	met  map[string]bool // what is new no more, once there are many
	// leftOut counts the connections that said something new after maxNews others had.
	leftOut int
	// cut counts the connections with more files and shares than are known by name.
	cut int
	// requests counts the HTTP requests and uris what they asked for; urisCut tells that not all of it is known.
	requests uint64
	uris     map[string]bool
	urisCut  bool
}

// Bounds of contents: connections kept because they say something new, and different URIs.
const (
	maxNews = 1024
	maxURIs = 1 << 14
)

func (k *contents) add(c *evidence.Conn, r room) {
	if c.HTTP == nil && c.TLS == nil && c.SMB == nil && c.RPC == nil {
		return
	}
	if c.HTTP != nil {
		k.ask(c.HTTP)
	}
	if c.SMB != nil && c.SMB.More {
		k.cut++
	}
	k.keep(said{c.Ref, c.HTTP, c.TLS, c.SMB, c.RPC, c.RDP}, r)
}

func (k *contents) keep(s said, r room) {
	if len(k.said) >= r.said {
		k.thin()
	}
	if k.met != nil {
		sign := s.sign()
		switch {
		case k.met[sign]:
			return
		case len(k.met) >= maxNews:
			k.leftOut++
			return
		}
		k.met[sign] = true
	}
	k.said = append(k.said, s)
}

// thin drops what says nothing new, from now on.
func (k *contents) thin() {
	if k.met != nil {
		return
	}
	k.met = map[string]bool{}
	k.said = slices.Clip(slices.DeleteFunc(k.said, func(s said) bool {
		sign := s.sign()
		again := k.met[sign]
		k.met[sign] = true
		return again
	}))
}

func (k *contents) ask(h *evidence.HTTP) {
	k.requests += h.Requests
	k.urisCut = k.urisCut || h.More
	k.want(h.URIs)
}

func (k *contents) want(uris []string) {
	if k.uris == nil {
		k.uris = map[string]bool{}
	}
	for _, u := range uris {
		if len(k.uris) < maxURIs {
			k.uris[u] = true
		} else if !k.uris[u] {
			k.urisCut = true
		}
	}
}

func (k *contents) join(o *contents, r room) {
	for _, s := range o.said {
		k.keep(s, r)
	}
	k.leftOut += o.leftOut
	k.cut += o.cut
	k.requests, k.urisCut = k.requests+o.requests, k.urisCut || o.urisCut
	for u := range o.uris {
		k.want([]string{u})
	}
}

// sign is what detectors can tell of the content: two with one sign say the same.
func (s *said) sign() string {
	var b strings.Builder
	if h := s.HTTP; h != nil {
		code := codeIn(h)
		fmt.Fprintf(&b, "http %q %q %q %v %v %v", h.Methods, h.Agents, strings.ToLower(path.Ext(code)), code != "", h.Requests == 0, outweighs(h))
		for _, host := range h.Hosts {
			if isAddress(host) {
				b.WriteString(host)
			}
		}
	}
	if t := s.TLS; t != nil {
		fmt.Fprintf(&b, "tls %v %q %q %v %v %v %q %v", t.SNI == "", t.JA4, t.JA3, t.ECH, t.Offered == "", t.SelfSigned, t.Subject, covered(t.Names, t.SNI))
	}
	if m := s.SMB; m != nil {
		fmt.Fprintf(&b, "smb %q %v", m.Shares, m.Written.N > 0)
		for _, f := range m.Files {
			fmt.Fprintf(&b, " %q", strings.ToLower(path.Ext(strings.ReplaceAll(f, `\`, "/"))))
		}
	}
	if s.RPC != nil {
		fmt.Fprintf(&b, "rpc %q", s.RPC.Endpoints)
	}
	fmt.Fprint(&b, s.RDP != nil)
	return b.String()
}
