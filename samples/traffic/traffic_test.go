// Package traffic_test holds what is read from captures of real traffic against what was done.
package traffic_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap"
)

// A deed is a connection that a program made, with what the program itself tells of it. What is left out was not told.
type deed struct {
	Capture, Transport, Protocol string
	Orig, Resp                   string
	Payload                      *[2]uint64
	AtLeast                      [2]uint64 `json:"at_least"`
	Tunnel, Link                 string
	Cut                          bool
	VLAN                         []uint16
	HTTP                         *struct {
		Host, URI, Method, Agent string
		Requests                 uint64
		Status                   int
		ReqBody                  *uint64 `json:"req_body"`
		RespBody                 *uint64 `json:"resp_body"`
	}
	TLS *struct {
		SNI, Chosen, Version, Subject, JA4 string
		ALPN                               []string
		Established                        bool
		SelfSigned                         bool `json:"self_signed"`
	}
	DNS *struct {
		Name    string
		Type    uint16
		RCode   int
		Answers []netip.Addr
		Aliases []string
		Texts   uint32
	}
	SMB *struct {
		Dialect, Share, User, Domain string
		Encrypted                    bool
		Files                        []string
		Written, Read                *uint64
	}
	SSH *struct{ Client, Server string }
}

func TestTraffic(t *testing.T) {
	data, err := os.ReadFile("expect.json")
	if err != nil {
		t.Fatal(err)
	}
	var deeds []deed
	if err := json.Unmarshal(data, &deeds); err != nil {
		t.Fatal(err)
	}
	captures := read(t)
	for _, d := range deeds {
		t.Run(fmt.Sprintf("%s %s %s", d.Capture, d.Protocol, cmp.Or(d.Orig, d.Resp)), func(t *testing.T) {
			c := d.find(t, captures[d.Capture].Conns)
			d.volume(t, c)
			d.layers(t, c, &captures[d.Capture].Captures[0])
			d.content(t, c)
		})
	}
}

// read reads all captures, in which nothing may be left unread.
func read(t *testing.T) map[string]*evidence.Batch {
	t.Helper()
	sources, err := parsers.Run(t.Context(), []string{"captures"}, []parsers.Format{pcap.Format}, parsers.Options{})
	if err != nil || len(sources) == 0 {
		t.Fatalf("%d captures, %v", len(sources), err)
	}
	captures := map[string]*evidence.Batch{}
	for _, s := range sources {
		if s.State != parsers.Read || s.ProblemsTotal > 0 {
			t.Errorf("%s: %s, %v", s.Name, s.State, s.Problems)
		}
		captures[s.Name] = s.Batch
	}
	return captures
}

// find returns the one connection that was made.
func (d *deed) find(t *testing.T, conns []evidence.Conn) *evidence.Conn {
	t.Helper()
	var found []*evidence.Conn
	for i := range conns {
		c := &conns[i]
		if string(c.Transport) == d.Transport && c.Resp.String() == d.Resp && (d.Orig == "" || c.Orig.String() == d.Orig) {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d connections of %q to %s", len(found), d.Orig, d.Resp)
	}
	return found[0]
}

func (d *deed) volume(t *testing.T, c *evidence.Conn) {
	v := c.Volume
	got := [2]uint64{v.Payload.Orig.N, v.Payload.Resp.N}
	if d.Payload != nil && got != *d.Payload {
		t.Errorf("payload %v, want %v", got, *d.Payload)
	}
	if got[0] < d.AtLeast[0] || got[1] < d.AtLeast[1] {
		t.Errorf("payload %v, want at least %v", got, d.AtLeast)
	}
	if v.Payload != v.Seen {
		t.Errorf("payload %+v and seen %+v differ: nothing was lost or sent again", v.Payload, v.Seen)
	}
	if c.Transport == evidence.TCP && (c.State != "SF" || v.Missed.Orig.N+v.Missed.Resp.N > 0 || c.MidStream) {
		t.Errorf("state %s history %s missed %+v", c.State, c.History, v.Missed)
	}
}

func (d *deed) layers(t *testing.T, c *evidence.Conn, in *evidence.Capture) {
	if d.Link != "" && !slices.Equal(in.LinkTypes, []string{d.Link}) || d.Cut != (in.CutFrames > 0) {
		t.Errorf("link types %v, %d frames cut", in.LinkTypes, in.CutFrames)
	}
	if c.TunnelKind != d.Tunnel || !slices.Equal(c.VLAN, d.VLAN) {
		t.Errorf("tunnel %q VLAN %v, want %q %v", c.TunnelKind, c.VLAN, d.Tunnel, d.VLAN)
	}
	if c.Protocol != d.Protocol || !c.Confirmed || !c.OrigKnown {
		t.Errorf("protocol %q confirmed %v originator known %v, want %q", c.Protocol, c.Confirmed, c.OrigKnown, d.Protocol)
	}
}

// differ reports a value that is not the one told.
func differ[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprintf("%v", got), fmt.Sprintf("%v", want); g != w {
		t.Errorf("%s %s, want %s", what, g, w)
	}
}

func (d *deed) content(t *testing.T, c *evidence.Conn) {
	switch {
	case d.HTTP != nil && c.HTTP != nil:
		d.http(t, c.HTTP)
	case d.TLS != nil && c.TLS != nil:
		d.tls(t, c.TLS)
	case d.DNS != nil && c.DNS != nil:
		d.dns(t, c.DNS)
	case d.SMB != nil && c.SMB != nil:
		d.smb(t, c.SMB)
	case d.SSH != nil && c.SSH != nil:
		differ(t, "banners", *c.SSH, evidence.SSH(*d.SSH))
	case d.Cut:
	case d.HTTP != nil || d.TLS != nil || d.DNS != nil || d.SMB != nil || d.SSH != nil:
		t.Errorf("nothing said of %s", d.Protocol)
	}
}

func (d *deed) http(t *testing.T, got *evidence.HTTP) {
	want := d.HTTP
	differ(t, "hosts", got.Hosts, []string{want.Host})
	differ(t, "URIs", got.URIs, []string{want.URI})
	differ(t, "methods", got.Methods, []string{want.Method})
	differ(t, "requests", got.Requests, want.Requests)
	if want.Agent != "" {
		differ(t, "agents", got.Agents, []string{want.Agent})
	}
	if want.Status != 0 {
		differ(t, "statuses", got.Statuses, []int{want.Status})
	}
	counted(t, "request body", got.ReqBody, want.ReqBody)
	counted(t, "response body", got.RespBody, want.RespBody)
}

func counted(t *testing.T, what string, got evidence.Count, want *uint64) {
	t.Helper()
	if want != nil {
		differ(t, what, got, evidence.Measured(*want))
	}
}

func (d *deed) tls(t *testing.T, got *evidence.TLS) {
	want := d.TLS
	differ(t, "SNI", got.SNI, want.SNI)
	differ(t, "ALPN", got.ALPN, want.ALPN)
	differ(t, "chosen", got.Chosen, want.Chosen)
	differ(t, "version", got.Version, want.Version)
	differ(t, "established", got.Established, want.Established)
	if want.JA4 != "" {
		differ(t, "JA4", got.JA4, want.JA4)
	}
	if want.Subject != "" {
		differ(t, "subject", got.Subject, want.Subject)
		differ(t, "self-signed", got.SelfSigned == evidence.Yes, want.SelfSigned)
	}
}

func (d *deed) dns(t *testing.T, got *evidence.DNS) {
	want := d.DNS
	if got.Total != 1 || len(got.Questions) != 1 {
		t.Fatalf("%d questions, want 1", got.Total)
	}
	q := got.Questions[0]
	differ(t, "name", q.Name, want.Name)
	differ(t, "type", q.Type, want.Type)
	differ(t, "rcode", q.RCode, want.RCode)
	differ(t, "answers", q.Answers, want.Answers)
	differ(t, "aliases", q.Aliases, want.Aliases)
	differ(t, "text bytes", q.Texts, want.Texts)
}

func (d *deed) smb(t *testing.T, got *evidence.SMB) {
	want := d.SMB
	differ(t, "dialect", got.Dialect, want.Dialect)
	differ(t, "encrypted", got.Encrypted, want.Encrypted)
	differ(t, "user", got.User, want.User)
	differ(t, "domain", got.Domain, want.Domain)
	if want.Encrypted {
		return
	}
	if !slices.ContainsFunc(got.Shares, func(s string) bool {
		return strings.EqualFold(filepath.Base(strings.ReplaceAll(s, `\`, "/")), want.Share)
	}) {
		t.Errorf("shares %q, want %q", got.Shares, want.Share)
	}
	for _, f := range want.Files {
		if !slices.Contains(got.Files, f) {
			t.Errorf("files %q lack %q", got.Files, f)
		}
	}
	counted(t, "written", got.Written, want.Written)
	counted(t, "read", got.Read, want.Read)
}

// TestManifest holds the captures to what the manifest says of them.
func TestManifest(t *testing.T) {
	manifest, err := os.ReadFile("MANIFEST")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("captures/*")
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if line := fmt.Sprintf("%x  %7d  %s\n", sha256.Sum256(data), len(data), filepath.ToSlash(name)); !strings.Contains(string(manifest), line) {
			t.Errorf("MANIFEST lacks %q", line)
		}
		total += len(data)
	}
	if listed := strings.Count(string(manifest), "  captures/"); listed != len(files) || total > 1<<20 {
		t.Errorf("%d of %d captures listed, %d bytes in all", listed, len(files), total)
	}
}
