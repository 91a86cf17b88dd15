package pcap

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// dhcp is a message: its kind, the transaction, the addresses that the client has and is given, further options.
func dhcp(op, kind byte, id string, has, given [4]byte, options string) string {
	zeros := func(n int) string { return strings.Repeat("\x00", n) }
	return string([]byte{op, 1, 6, 0}) + id + zeros(4) + string(has[:]) + string(given[:]) + zeros(8) + "\x02\x00\x00\x00\x00\x07" + zeros(10+192) +
		"\x63\x82\x53\x63\x35\x01" + string([]byte{kind}) + options + "\xff"
}

// TestLeases: the name comes from the request, the address from the answer, which went between other addresses.
func TestLeases(t *testing.T) {
	const ask, answer = 1, 2
	none, address := [4]byte{}, [4]byte{192, 0, 2, 7}
	nobody, everybody := netip.MustParseAddrPort("0.0.0.0:68"), netip.MustParseAddrPort("255.255.255.255:67")
	giver, taker := netip.MustParseAddrPort("192.0.2.1:67"), netip.MustParseAddrPort("192.0.2.7:68")
	const host, hour, full = "\x0c\x05WS-07", "\x33\x04\x00\x00\x0e\x10", "\x51\x0e\x04\x00\x00\x05ws-07\x03lan\x00"
	lease := func(frame uint64, name string, span time.Duration) evidence.Lease {
		return evidence.Lease{Ref: evidence.Ref{Unit: "frame", N: frame}, MAC: "02:00:00:00:00:07", HostName: name, Client: taker.Addr(), Span: span}
	}
	for _, c := range []struct {
		why  string
		sent *recording
		want []evidence.Lease
	}{
		{"four messages: the grant counts", record().
			udp(nobody, everybody, dhcp(ask, 1, "abcd", none, none, host)).udp(giver, taker, dhcp(answer, 2, "abcd", none, address, hour)).
			udp(nobody, everybody, dhcp(ask, 3, "abcd", none, none, host)).udp(giver, taker, dhcp(answer, 5, "abcd", none, address, hour)),
			[]evidence.Lease{lease(4, "WS-07", time.Hour)}},
		{"a renewal whose answer is not here", record().udp(taker, giver, dhcp(ask, 3, "abcd", address, none, host)), []evidence.Lease{lease(1, "WS-07", 0)}},
		{"a full name in the form of DNS", record().udp(taker, giver, dhcp(ask, 3, "abcd", address, none, full)), []evidence.Lease{lease(1, "ws-07.lan", 0)}},
		{"somebody else's answer", record().udp(nobody, everybody, dhcp(ask, 3, "abcd", none, none, host)).udp(giver, taker, dhcp(answer, 5, "wxyz", none, address, "")),
			[]evidence.Lease{lease(2, "", 0)}},
		{"refused", record().udp(nobody, everybody, dhcp(ask, 3, "abcd", none, none, host)).udp(giver, taker, dhcp(answer, 6, "abcd", none, none, "")), nil},
	} {
		got := parseBytes(t, c.sent.pcap()).Leases
		for i := range got {
			got[i].At, got[i].Sensor, got[i].Ref.File = time.Time{}, "", ""
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", c.why, got, c.want)
		}
	}
}

// TestManyLeases: messages beyond those that are kept of a capture are counted and said, in whichever connection they come.
func TestManyLeases(t *testing.T) {
	asks := record()
	for i := range service.MaxLeases + 9 {
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(1 + i%2)}), 68)
		id := string([]byte{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)})
		asks.udp(from, netip.MustParseAddrPort("192.0.2.9:67"), dhcp(1, 3, id, from.Addr().As4(), [4]byte{}, "\x0c\x05WS-07"))
	}
	got := parseBytes(t, asks.pcap())
	if len(got.Leases) != service.MaxLeases || len(got.Conns) != 2 {
		t.Errorf("%d leases in %d connections", len(got.Leases), len(got.Conns))
	}
	if p := got.Problems.First; len(p) != 1 || !strings.HasPrefix(p[0].Err.Error(), "9 messages of DHCP") || p[0].Ref.N != service.MaxLeases+1 {
		t.Errorf("problems %v", p)
	}
}
