package correlate

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// speaks tells whether an address says something about a host: not unspecified, loopback or multicast.
func speaks(a netip.Addr) bool {
	return a.IsValid() && !a.IsUnspecified() && !a.IsLoopback() && !a.IsMulticast() && a != broadcast
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// carrierNAT is RFC 6598's shared address space, which netip does not count as private.
var carrierNAT = netip.MustParsePrefix("100.64.0.0/10")

// inside tells whether an address is of the local networks by its kind alone.
func inside(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() ||
		a == broadcast || carrierNAT.Contains(a)
}

// ends tells which end of a socket is the host's own. Sysmon and the filtering platform write both orders, so the
// host's addresses decide; where both or neither of the ends is one of them, a connection the host opened has it first.
func (b *book) ends(s *evidence.KeptSocket) (local, remote netip.AddrPort) {
	src, dst := b.addrs[s.Src().Addr()], b.addrs[s.Dst().Addr()]
	switch {
	case src && !dst:
		return s.Src(), s.Dst()
	case dst && !src:
		return s.Dst(), s.Src()
	case s.Initiated() == evidence.No && b.flipped:
		return s.Dst(), s.Src()
	}
	return s.Src(), s.Dst()
}

// learnAddrs collects the addresses that a host's sockets were bound to: the source of what it opened. For what was
// opened to it the order varies with the version that wrote it; the addresses already known settle which one it is.
func (b *book) learnAddrs(sockets *evidence.Sockets) {
	b.addrs = map[netip.Addr]bool{}
	for _, s := range sockets.All() {
		if s.Kind() != evidence.Bind && s.Initiated() == evidence.Yes && speaks(s.Src().Addr()) {
			b.addrs[s.Src().Addr()] = true
		}
		if s.Kind() == evidence.Bind && speaks(s.Src().Addr()) {
			b.addrs[s.Src().Addr()] = true
		}
	}
	first, second := 0, 0
	for _, s := range sockets.All() {
		if s.Initiated() == evidence.No && b.addrs[s.Src().Addr()] != b.addrs[s.Dst().Addr()] {
			if b.addrs[s.Src().Addr()] {
				first++
			} else {
				second++
			}
		}
	}
	b.flipped = second > first
	if len(b.addrs) == 0 {
		b.commonAddr(sockets)
	}
}

// commonAddr takes the address that stands in every event of a host that only ever answered.
func (b *book) commonAddr(sockets *evidence.Sockets) {
	count, total := map[netip.Addr]int{}, 0
	for _, s := range sockets.All() {
		if s.Kind() == evidence.Bind {
			continue
		}
		total++
		for _, a := range []netip.Addr{s.Src().Addr(), s.Dst().Addr()} {
			if speaks(a) {
				count[a]++
			}
		}
	}
	var every []netip.Addr
	for a, n := range count {
		if n == total {
			every = append(every, a)
		}
	}
	if len(every) == 1 {
		b.addrs[every[0]] = true
	}
}

func (b *book) sortedAddrs() []netip.Addr {
	var all []netip.Addr
	for a := range b.addrs {
		all = append(all, a)
	}
	slices.SortFunc(all, netip.Addr.Compare)
	return all
}

// service extracts what tells one svchost.exe from another: the group, and the service where each has a process.
func service(image, line string) string {
	if !strings.EqualFold(base(image), "svchost.exe") {
		return ""
	}
	words := strings.Fields(line)
	var parts []string
	for i, w := range words {
		if (w == "-k" || w == "-s") && i+1 < len(words) {
			parts = append(parts, words[i+1])
		}
	}
	return strings.Join(parts, "/")
}

// base is the last part of a Windows path.
func base(path string) string {
	return path[strings.LastIndexAny(path, `\/`)+1:]
}

// onVolume is a path as the drive letter and the device both end: \Windows\System32\svchost.exe.
func onVolume(path string) string {
	const device = `\device\harddiskvolume`
	p := strings.TrimPrefix(path, `\??\`)
	p = strings.TrimPrefix(p, `\\?\`)
	if len(p) >= len(device) && strings.EqualFold(p[:len(device)], device) {
		if i := strings.IndexByte(p[len(device):], '\\'); i >= 0 {
			return p[len(device)+i:]
		}
	}
	if len(p) > 2 && p[1] == ':' {
		return p[2:]
	}
	return p
}

// tail is the same in lower case.
func tail(path string) string { return strings.ToLower(onVolume(path)) }

// sameImage tells whether two images can name one file; an unknown one can be any.
func sameImage(a, b string) bool {
	if a == "" || b == "" || a == b {
		return true
	}
	a, b = onVolume(a), onVolume(b)
	if !strings.Contains(a, `\`) || !strings.Contains(b, `\`) {
		a, b = base(a), base(b)
	}
	return strings.EqualFold(a, b)
}
