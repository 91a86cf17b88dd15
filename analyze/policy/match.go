package policy

import (
	"errors"
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"
)

// A Subject is what an adjustment is compared with.
type Subject struct {
	Host      string
	Image     string // full path as known
	Service   string
	Peers     []netip.Addr
	Domain    string
	Port      uint16
	Transport string
	Protocol  string // confirmed by content, "" when none was
	Inbound   bool
	Local     func(netip.Addr) bool
	Last      time.Time // last activity
}

func (m Match) empty() bool {
	return len(m.Hosts)+len(m.Programs)+len(m.Folders)+len(m.Services)+len(m.Peers)+len(m.Ports)+len(m.Transports)+len(m.Protocols) == 0 && m.Direction == ""
}

func (m Match) check() error {
	if m.empty() {
		return errors.New("nothing to match on")
	}
	if m.Direction != "" && m.Direction != "out" && m.Direction != "in" {
		return fmt.Errorf("direction %q is neither out nor in", m.Direction)
	}
	for _, p := range append(slices.Clone(m.Programs), m.Hosts...) {
		if _, err := path.Match(p, ""); err != nil {
			return fmt.Errorf("pattern %q: %w", p, err)
		}
	}
	for _, p := range m.Peers {
		if strings.Contains(p, "/") {
			if _, err := netip.ParsePrefix(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// Fits tells whether every field that is set fits the subject. What is compared at once comes first: there are many subjects.
func (m Match) Fits(s Subject) bool {
	if m.empty() {
		return false
	}
	return (m.Direction == "" || (m.Direction == "in") == s.Inbound) &&
		(len(m.Ports) == 0 || slices.Contains(m.Ports, s.Port)) &&
		anyOf(m.Transports, func(p string) bool { return strings.EqualFold(p, s.Transport) }) &&
		anyOf(m.Protocols, func(p string) bool { return p == s.Protocol }) &&
		anyOf(m.Hosts, func(p string) bool { return Glob(p, shortName(s.Host)) }) &&
		anyOf(m.Programs, func(p string) bool { return Glob(p, Base(s.Image)) }) &&
		anyOf(m.Folders, func(p string) bool { return Within(s.Image, p) }) &&
		anyOf(m.Services, func(p string) bool {
			return slices.Contains(strings.Fields(strings.ToLower(s.Service)), strings.ToLower(p))
		}) &&
		(len(m.Peers) == 0 || s.allPeers(m.Peers))
}

// ExpiredFor tells whether the adjustment ended before the subject's last activity.
func (a Adjustment) ExpiredFor(s Subject) bool {
	last, err := time.Parse(time.DateOnly, a.Expires)
	return err == nil && s.Last.After(last.AddDate(0, 0, 1))
}

func anyOf(patterns []string, fits func(string) bool) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, fits)
}

// allPeers tells whether the name, or else every address, is among the patterns: one stranger among the addresses is
// enough not to fit.
func (s Subject) allPeers(patterns []string) bool {
	if s.Domain != "" && slices.ContainsFunc(patterns, func(p string) bool { return under(s.Domain, p) }) {
		return true
	}
	for _, a := range s.Peers {
		if !slices.ContainsFunc(patterns, func(p string) bool { return s.isPeer(a, p) }) {
			return false
		}
	}
	return len(s.Peers) > 0
}

func (s Subject) isPeer(a netip.Addr, pattern string) bool {
	switch pattern {
	case "link-local":
		return a.IsLinkLocalUnicast()
	case "local":
		return s.Local != nil && s.Local(a)
	}
	if p, err := netip.ParsePrefix(pattern); err == nil {
		return p.Contains(a)
	}
	b, err := netip.ParseAddr(pattern)
	return err == nil && a == b
}

// under tells whether name is domain or lies below it.
func under(name, domain string) bool {
	name, domain = strings.ToLower(name), strings.ToLower(domain)
	return name == domain || strings.HasSuffix(name, "."+domain)
}

// Glob compares without regard to case; "*" stands for any characters.
func Glob(pattern, name string) bool {
	if !wild(pattern) {
		return strings.EqualFold(pattern, name)
	}
	ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(name))
	return ok && err == nil
}

// wild tells whether a pattern may stand for several names. Nearly none does, and there are many to ask.
func wild(pattern string) bool {
	for i := range len(pattern) {
		switch pattern[i] {
		case '*', '?', '[', '\\':
			return true
		}
	}
	return false
}

// Base returns the base name of a Windows path in lower case.
func Base(image string) string {
	return strings.ToLower(image[strings.LastIndexAny(image, `\/`)+1:])
}

// Normal returns a Windows path in lower case with forward slashes and without drive or device:
// `C:\Windows\x.exe` and `\device\harddiskvolume2\windows\x.exe` both become "/windows/x.exe".
func Normal(image string) string {
	p := strings.ReplaceAll(strings.ToLower(image), `\`, "/")
	p = strings.TrimPrefix(strings.TrimPrefix(p, "//?"), "/??")
	if len(p) >= 2 && p[1] == ':' {
		return p[2:]
	}
	if len(p) >= 3 && p[0] == '/' && p[2] == ':' {
		return p[3:]
	}
	if rest, ok := strings.CutPrefix(p, "/device/"); ok && strings.HasPrefix(rest, "harddiskvolume") {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			return rest[i:]
		}
	}
	return p
}

// Within tells whether an image lies in a folder of the form that Folder.Path describes. A pattern that ends in "/"
// takes in all folders below.
func Within(image, pattern string) bool {
	have, want := Normal(image), strings.ToLower(pattern)
	for want != "" {
		h, inside, deeper := strings.Cut(have, "/")
		w, rest, more := strings.Cut(want, "/")
		if !Glob(w, h) || more != deeper {
			return false
		}
		if !more {
			return true
		}
		have, want = inside, rest
	}
	return true
}

func shortName(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	name, _, _ := strings.Cut(host, ".")
	return name
}
