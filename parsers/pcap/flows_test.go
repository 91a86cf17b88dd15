package pcap

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

func measured(orig, resp uint64) evidence.Pair {
	return evidence.Pair{Orig: evidence.Measured(orig), Resp: evidence.Measured(resp)}
}

const q, a = uint64(len(request)), uint64(len(response))

func TestExchange(t *testing.T) {
	c := record().exchange(client, server).only(t)
	if c.Orig != client || c.Resp != server || !c.OrigKnown || c.MidStream {
		t.Errorf("orig %v resp %v known %v mid-stream %v", c.Orig, c.Resp, c.OrigKnown, c.MidStream)
	}
	if c.State != "SF" || c.History != "ShADadFf" {
		t.Errorf("state %s history %s", c.State, c.History)
	}
	want := evidence.Volume{
		Payload: measured(q, a), Seen: measured(q, a), IP: measured(6*40+q, 4*40+a),
		Packets: measured(6, 4), Missed: measured(0, 0), Cut: measured(0, 0),
	}
	if c.Volume != want {
		t.Errorf("volume %+v\nwant   %+v", c.Volume, want)
	}
	if !c.Start.Equal(epoch) || c.End.Sub(c.Start) != 9*time.Millisecond || c.Ref.N != 1 || c.Last.N != 10 {
		t.Errorf("from %v to %v, frames %d to %d", c.Start, c.End, c.Ref.N, c.Last.N)
	}
	if c.Protocol != "http" || !c.Confirmed {
		t.Errorf("protocol %q confirmed %v", c.Protocol, c.Confirmed)
	}
	if len(c.Series) != 1 || c.Series[0].Orig != q || c.Series[0].Resp != a {
		t.Errorf("series %+v", c.Series)
	}
}

// TestContent gives one and the same connection in many ways; what it says must not change.
func TestContent(t *testing.T) {
	const i, j = 1000, 9000
	split := len(request) / 2
	one, two := request[:split], request[split:]
	open := func() *recording {
		return record().tcp(client, server, "S", i, 0, "").tcp(server, client, "S.", j, i+1, "").tcp(client, server, ".", i+1, j+1, "")
	}
	end := i + 1 + uint32(q)
	answer := func(r *recording) *recording {
		return r.tcp(server, client, ".", j+1, end, response).tcp(client, server, ".", end, j+1+uint32(a), "")
	}
	later := i + 1 + uint32(split)
	for name, c := range map[string]struct {
		r    *recording
		seen uint64
	}{
		"in order":                            {answer(open().tcp(client, server, ".", i+1, j+1, one).tcp(client, server, ".", later, j+1, two)), q},
		"out of order":                        {answer(open().tcp(client, server, ".", later, j+1, two).tcp(client, server, ".", i+1, j+1, one)), q},
		"sent again":                          {answer(open().tcp(client, server, ".", i+1, j+1, one).tcp(client, server, ".", i+1, j+1, one).tcp(client, server, ".", later, j+1, two)), q + uint64(split)},
		"overlapping":                         {answer(open().tcp(client, server, ".", i+1, j+1, one).tcp(client, server, ".", i+1, j+1, request)), q + uint64(split)},
		"forged overlap":                      {answer(open().tcp(client, server, ".", i+1, j+1, request).tcp(client, server, ".", later, j+1, strings.Repeat("x", len(two)))), q + uint64(len(two))},
		"a piece in the middle first":         {answer(open().tcp(client, server, ".", later, j+1, two[:3]).tcp(client, server, ".", i+1, j+1, request)), q + 3},
		"answer captured before its question": {answer(open()).tcp(client, server, ".", i+1, j+1, request), q},
		"keep-alive probe":                    {answer(open().tcp(client, server, ".", i, j+1, "\x00").tcp(client, server, ".", i+1, j+1, request)), q + 1},
	} {
		t.Run(name, func(t *testing.T) {
			c, seen := c.r.only(t), c.seen
			if c.Volume.Payload != measured(q, a) || c.Volume.Seen != measured(seen, a) || c.Volume.Missed != measured(0, 0) {
				t.Errorf("volume %+v", c.Volume)
			}
			if c.HTTP == nil || !slices.Equal(c.HTTP.Hosts, []string{"www.example.org"}) || c.HTTP.Responses != 1 {
				t.Errorf("http %+v", c.HTTP)
			}
		})
	}
}

func TestMissed(t *testing.T) {
	const i, j = 1000, 9000
	r := record().tcp(client, server, "S", i, 0, "").tcp(server, client, "S.", j, i+1, "").
		tcp(client, server, ".", i+1, j+1, strings.Repeat("a", 100)).
		tcp(client, server, ".", i+301, j+1, strings.Repeat("c", 100)). // 200 bytes not captured
		tcp(server, client, ".", j+1, i+401, "").
		tcp(server, client, ".", j+1, i+451, "") // and 50 more after them
	c := r.only(t)
	if c.Volume.Payload != measured(450, 0) || c.Volume.Seen != measured(200, 0) || c.Volume.Missed != measured(250, 0) {
		t.Errorf("volume %+v", c.Volume)
	}
	if !strings.Contains(c.History, "G") {
		t.Errorf("history %s has no gap", c.History)
	}
}

func TestSequenceWrap(t *testing.T) {
	const i = 0xffffff00
	r := record().tcp(client, server, "S", i, 0, "").tcp(server, client, "S.", 7, i+1, "")
	seq := uint32(i + 1)
	for range 10 {
		r.tcp(client, server, ".", seq, 8, strings.Repeat("x", 1000))
		seq += 1000
	}
	r.tcp(server, client, ".", 8, seq, "")
	if c := r.only(t); c.Volume.Payload != measured(10000, 0) || c.Volume.Missed != measured(0, 0) {
		t.Errorf("volume %+v", c.Volume)
	}
}

// TestStrayPacket wants that one packet with a wild sequence number, or one forged acknowledgement, does not turn into
// gigabytes.
func TestStrayPacket(t *testing.T) {
	const i, j = 1000, 9000
	r := record().tcp(client, server, "S", i, 0, "").tcp(server, client, "S.", j, i+1, "").
		tcp(client, server, ".", i+1, j+1, "abc").
		tcp(client, server, ".", i+0x40000000, j+1, "stray").
		tcp(server, client, ".", j+1, i+4, "").
		tcp(client, server, ".", i+4, j+0x30000000, "def").
		tcp(server, client, ".", j+1, i+7, "")
	if c := r.only(t); c.Volume.Payload != measured(6, 0) || c.Volume.Seen != measured(11, 0) {
		t.Errorf("volume %+v", c.Volume)
	}
}

func TestPortReuse(t *testing.T) {
	again := func(r *recording, seq uint32, payload string) *recording {
		return r.tcp(client, server, "S", seq, 0, "").tcp(server, client, "S.", 77, seq+1, "").tcp(client, server, ".", seq+1, 78, payload)
	}
	for name, c := range map[string]struct {
		r      *recording
		states []string
	}{
		"after close":            {again(record().exchange(client, server), 500000, "x"), []string{"SF", "S1"}},
		"while open":             {again(again(record(), 1000, "x"), 500000, "x"), []string{"S1", "S1"}},
		"after refusal":          {record().tcp(client, server, "S", 1, 0, "").tcp(server, client, "R.", 0, 2, "").tcp(client, server, "S", 9000, 0, "").tcp(server, client, "R.", 0, 9001, ""), []string{"REJ", "REJ"}},
		"same SYN sent again":    {record().tcp(client, server, "S", 1, 0, "").wait(time.Second).tcp(client, server, "S", 1, 0, ""), []string{"S0"}},
		"ports reused backwards": {again(record().exchange(client, server), 5000, "").tcp(server, client, "S", 1, 0, ""), []string{"SF", "S1", "S0"}},
		"silent for hours, open": {again(record(), 1000, "x").wait(5*time.Hour).tcp(client, server, ".", 1002, 78, "y"), []string{"S1"}},
	} {
		t.Run(name, func(t *testing.T) {
			var states []string
			for _, c := range parseBytes(t, c.r.pcap()).Conns {
				states = append(states, c.State)
			}
			if !slices.Equal(states, c.states) {
				t.Errorf("states %v, want %v", states, c.states)
			}
		})
	}
}

func TestDatagramSilence(t *testing.T) {
	r := record().udp(client, server, "a").wait(30*time.Second).udp(server, client, "b").wait(2*time.Minute).udp(client, server, "c")
	if n := len(parseBytes(t, r.pcap()).Conns); n != 2 {
		t.Errorf("%d connections, want 2", n)
	}
}

func TestStates(t *testing.T) {
	const i, j = 1000, 9000
	syn := func() *recording { return record().tcp(client, server, "S", i, 0, "") }
	both := func() *recording { return syn().tcp(server, client, "S.", j, i+1, "") }
	for _, c := range []struct {
		name, state, history string
		r                    *recording
		orig                 netip.AddrPort
		known, mid           bool
	}{
		{"no answer", "S0", "S", syn(), client, true, false},
		{"refused", "REJ", "Sr", syn().tcp(server, client, "R.", 0, i+1, ""), client, true, false},
		{"opened", "S1", "Sh", both(), client, true, false},
		{"originator closes", "S2", "ShF", both().tcp(client, server, "F.", i+1, j+1, ""), client, true, false},
		{"responder closes", "S3", "Shf", both().tcp(server, client, "F.", j+1, i+1, ""), client, true, false},
		{"originator aborts", "RSTO", "ShR", both().tcp(client, server, "R.", i+1, j+1, ""), client, true, false},
		{"responder aborts", "RSTR", "Shr", both().tcp(server, client, "R.", j+1, i+1, ""), client, true, false},
		{"aborted unanswered", "RSTOS0", "SR", syn().tcp(client, server, "R", i+1, 0, ""), client, true, false},
		{"half-open scan", "SH", "SF", syn().tcp(client, server, "F", i+1, 0, ""), client, true, false},
		{"answer only", "OTH", "^h", record().tcp(server, client, "S.", j, i+1, ""), client, true, false},
		{"answer and abort only", "RSTRH", "^hr", record().tcp(server, client, "S.", j, i+1, "").tcp(server, client, "R.", j+1, i+1, ""), client, true, false},
		{"data sent again", "S1", "ShDT", both().tcp(client, server, ".", i+1, j+1, "x").tcp(client, server, ".", i+1, j+1, "x"), client, true, false},
		{"end and abort in one", "RSTO", "ShI", both().tcp(client, server, "FR.", i+1, j+1, ""), client, true, false},
		{"begin and end in one", "S0", "Q", record().tcp(client, server, "SF", i, 0, ""), client, true, false},
		{"no room left", "S1", "ShWA", both().window(0).tcp(client, server, ".", i+1, j+1, ""), client, true, false},
		{"opened by both at once", "S1", "SsHh", syn().tcp(server, client, "S", j, 0, "").tcp(client, server, "S.", i, j+1, "").tcp(server, client, "S.", j, i+1, ""), client, true, false},
		{"answer and close only", "SHR", "^hf", record().tcp(server, client, "S.", j, i+1, "").tcp(server, client, "F.", j+1, i+1, ""), client, true, false},
		{"began before, client speaks", "OTH", "Da", record().tcp(client, server, ".", i, j, "zzz").tcp(server, client, ".", j, i+3, ""), client, false, true},
		{"began before, server's port speaks", "OTH", "^dA", record().tcp(server, client, ".", j, i, "zzz").tcp(client, server, ".", i, j+3, ""), client, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.r.only(t)
			if got.State != c.state || got.History != c.history || got.Orig != c.orig || got.OrigKnown != c.known || got.MidStream != c.mid {
				t.Errorf("got %s %s originator %v known %v mid-stream %v", got.State, got.History, got.Orig, got.OrigKnown, got.MidStream)
			}
		})
	}
}

// TestMidStreamByContent: the server's answer comes first and its port looks like a client's, but what it says is an answer.
func TestMidStreamByContent(t *testing.T) {
	odd := netip.MustParseAddrPort("198.51.100.20:51234")
	c := record().tcp(odd, client, ".", 1, 1, response).tcp(client, odd, ".", 1, 1+uint32(a), request).only(t)
	if c.Orig != client || !c.OrigKnown || !c.MidStream || c.Volume.Payload != measured(q, a) {
		t.Errorf("originator %v known %v volume %+v", c.Orig, c.OrigKnown, c.Volume)
	}
}

func TestSnaplen(t *testing.T) {
	c := record().exchange(client, server).cut(60).only(t)
	if c.Volume.Payload != measured(q, a) || c.Volume.Seen != measured(q, a) || c.Volume.IP != measured(6*40+q, 4*40+a) {
		t.Errorf("a snaplen shortened the volume: %+v", c.Volume)
	}
	if want := measured(q-6, a-6); c.Volume.Cut != want { // 14 + 40 bytes of headers are left of 60
		t.Errorf("cut %+v, want %+v", c.Volume.Cut, want)
	}
	got := parseBytes(t, record().exchange(client, server).cut(40).pcap())
	if len(got.Conns) != 0 || got.Captures[0].Undecoded != 10 || got.Problems.Lost != 10 || !got.Problems.Incomplete {
		t.Errorf("headers cut: %d connections, %+v", len(got.Conns), got.Problems)
	}
}

func TestPaddingAndOffload(t *testing.T) {
	r := record().udp(client, server, "x")
	r.frames[0].data = append(r.frames[0].data, make([]byte, 17)...)
	r.frames[0].orig += 17
	if c := r.only(t); c.Volume.Seen != measured(1, 0) || c.Volume.IP != measured(29, 0) {
		t.Errorf("padding counted: %+v", c.Volume)
	}
	r = record().tcp(client, server, ".", 1, 1, strings.Repeat("x", 3000))
	copy(r.frames[0].data[16:], []byte{0, 0}) // total length left to the network card
	got := parseBytes(t, r.pcap())
	if c := got.Conns[0]; c.Volume.Seen != measured(3000, 0) || c.Volume.IP != measured(3040, 0) {
		t.Errorf("length 0: %+v", c.Volume)
	}
	r = record().tcp(client, server, ".", 1, 1, "wrong sum")
	r.frames[0].data[14+20+16] ^= 0xff
	got = parseBytes(t, r.pcap())
	if got.Captures[0].BadChecksum != 1 || got.Conns[0].Volume.Seen != measured(9, 0) || got.Conns[0].History != "CD" {
		t.Errorf("bad checksum: %+v %+v", got.Captures[0], got.Conns[0])
	}
}

func TestFragments(t *testing.T) {
	whole := record().udp(client, server, strings.Repeat("f", 2000)).frames[0].data
	piece := func(from, to int, more bool) []byte {
		f := append(slices.Clone(whole[:34]), whole[34+from:34+to]...)
		binary.BigEndian.PutUint16(f[16:], uint16(20+to-from))
		place := uint16(from / 8)
		if more {
			place |= 0x2000
		}
		binary.BigEndian.PutUint16(f[20:], place)
		return f
	}
	c := record().raw(piece(0, 1480, true)).raw(piece(1480, 2008, false)).only(t)
	if c.Volume.Seen != measured(2000, 0) || c.Volume.IP != measured(2048, 0) || c.Volume.Packets != measured(2, 0) {
		t.Errorf("volume %+v", c.Volume)
	}
	got := parseBytes(t, record().raw(piece(1480, 2008, false)).pcap())
	if len(got.Conns) != 0 || got.Problems.Lost != 1 || got.Problems.First[0].Ref.N != 1 {
		t.Errorf("later fragment alone: %+v %+v", got.Conns, got.Problems)
	}
}

// TestLayers wraps one and the same connection in everything that is followed.
func TestLayers(t *testing.T) {
	c6, s6 := netip.MustParseAddrPort("[2001:db8::10]:50001"), netip.MustParseAddrPort("[2001:db8::20]:80")
	o1, o2 := netip.MustParseAddr("203.0.113.1"), netip.MustParseAddr("203.0.113.2")
	vlan := func(id uint16, kind layers.EthernetType) *layers.Dot1Q {
		return &layers.Dot1Q{VLANIdentifier: id, Type: kind}
	}
	eth := func() gopacket.SerializableLayer { return ethernet(layers.EthernetTypeIPv4) }
	ip := func(proto layers.IPProtocol) gopacket.SerializableLayer {
		_, ip := network(o1, o2, proto)
		return ip
	}
	udp := func(port uint16) []gopacket.SerializableLayer {
		l := datagramOf(netip.AddrPortFrom(o1, 40000), netip.AddrPortFrom(o2, port), nil)
		return append([]gopacket.SerializableLayer{eth()}, l[:2]...)
	}
	raw := func(b ...byte) gopacket.SerializableLayer { return gopacket.Payload(b) }
	for _, c := range []struct {
		name    string
		under   []gopacket.SerializableLayer
		v6      bool
		bare    bool // without a network header of its own
		link    capfile.LinkType
		vlan    []uint16
		tunnel  string
		carrier evidence.Transport
	}{
		{name: "ethernet", link: 1, under: []gopacket.SerializableLayer{eth()}},
		{name: "ethernet, IPv6", link: 1, under: []gopacket.SerializableLayer{ethernet(layers.EthernetTypeIPv6)}, v6: true},
		{name: "one tag", link: 1, under: []gopacket.SerializableLayer{ethernet(layers.EthernetTypeDot1Q), vlan(7, layers.EthernetTypeIPv4)}, vlan: []uint16{7}},
		{name: "two tags", link: 1, under: []gopacket.SerializableLayer{ethernet(layers.EthernetTypeQinQ), vlan(7, layers.EthernetTypeDot1Q), vlan(8, layers.EthernetTypeIPv6)}, v6: true, vlan: []uint16{7, 8}},
		{name: "MPLS", link: 1, under: []gopacket.SerializableLayer{ethernet(layers.EthernetTypeMPLSUnicast), raw(0, 1, 0, 64, 0, 2, 1, 64)}},
		{name: "SNAP", link: 1, under: []gopacket.SerializableLayer{raw(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7, 5, 0xdc, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0)}},
		{name: "PPPoE", link: 1, under: []gopacket.SerializableLayer{ethernet(layers.EthernetTypePPPoESession), raw(0x11, 0, 0, 1, 0x40, 0, 0, 0x57)}, v6: true},
		{name: "IPv6 options that make no sense", link: 1, under: []gopacket.SerializableLayer{ethernet(layers.EthernetTypeIPv6), raw6(0, c6, s6), raw(43, 0, 5, 255, 255, 255, 255, 255), raw(60, 0, 0, 0, 0, 0, 0, 0), raw(6, 0, 1, 4, 0, 0, 0, 0)}, bare: true, v6: true},
		{name: "raw", link: 101, under: []gopacket.SerializableLayer{}, v6: true},
		{name: "null", link: 0, under: []gopacket.SerializableLayer{raw(2, 0, 0, 0)}},
		{name: "null of another machine", link: 0, under: []gopacket.SerializableLayer{raw(0, 0, 0, 30)}, v6: true},
		{name: "PPP", link: 9, under: []gopacket.SerializableLayer{raw(0xff, 3, 0, 0x21)}},
		{name: "PPP, short protocol", link: 50, under: []gopacket.SerializableLayer{raw(0x21)}},
		{name: "SLL", link: 113, under: []gopacket.SerializableLayer{raw(0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0)}},
		{name: "SLL2", link: 276, under: []gopacket.SerializableLayer{raw(0x86, 0xdd, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0)}, v6: true},
		{name: "radiotap", link: 127, under: []gopacket.SerializableLayer{raw(0, 0, 8, 0, 0, 0, 0, 0, 0x88, 1, 0, 0), raw(make([]byte, 22)...), raw(0xaa, 0xaa, 3, 0, 0, 0, 8, 0)}},
		{name: "802.11 with control field", link: 105, under: []gopacket.SerializableLayer{raw(0x88, 0x81, 0, 0), raw(make([]byte, 26)...), raw(0xaa, 0xaa, 3, 0, 0, 0, 8, 0)}},
		{name: "NFLOG", link: 239, under: []gopacket.SerializableLayer{raw(2, 0, 0, 0, 5, 0, 1, 0, 9, 0, 0, 0, 50, 0, 9, 0)}},
		{name: "IP in IP", link: 1, under: []gopacket.SerializableLayer{eth(), ip(4)}, tunnel: "ipip", carrier: "ip/4"},
		{name: "6in4", link: 1, under: []gopacket.SerializableLayer{eth(), ip(41)}, v6: true, tunnel: "6in4", carrier: "ip/41"},
		{name: "GRE with key and sequence", link: 1, under: []gopacket.SerializableLayer{eth(), ip(47), raw(0x30, 0, 8, 0, 0, 0, 0, 5, 0, 0, 0, 1)}, tunnel: "gre", carrier: "ip/47"},
		{name: "ERSPAN II", link: 1, under: []gopacket.SerializableLayer{eth(), ip(47), raw(0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 1, 0, 0, 0, 1), eth()}, tunnel: "erspan", carrier: "ip/47"},
		{name: "ERSPAN III", link: 1, under: []gopacket.SerializableLayer{eth(), ip(47), raw(0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0), eth()}, tunnel: "erspan", carrier: "ip/47"},
		{name: "VXLAN", link: 1, under: append(udp(4789), raw(8, 0, 0, 0, 0, 0, 9, 0), eth()), tunnel: "vxlan", carrier: "udp"},
		{name: "Geneve with option", link: 1, under: append(udp(6081), raw(1, 0, 0x65, 0x58, 0, 0, 9, 0, 0, 1, 2, 0), ethernet(layers.EthernetTypeIPv6)), v6: true, tunnel: "geneve", carrier: "udp"},
		{name: "GTP with extension", link: 1, under: append(udp(2152), raw(0x34, 255, 0, 54, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0)), tunnel: "gtp", carrier: "udp"},
		{name: "L2TP with length and sequence", link: 1, under: append(udp(1701), raw(0x48, 2, 0, 62, 0, 5, 0, 6, 0, 1, 0, 0, 0xff, 3, 0, 0x21)), tunnel: "l2tp", carrier: "udp"},
		{name: "L2TP with offset", link: 1, under: append(udp(1701), raw(0x02, 2, 0, 5, 0, 6, 0, 3, 1, 2, 3, 0x57)), v6: true, tunnel: "l2tp", carrier: "udp"},
		{name: "Teredo with origin", link: 1, under: append(udp(3544), raw(0, 0, 1, 2, 3, 4, 5, 6)), v6: true, tunnel: "teredo", carrier: "udp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			from, to := client, server
			if c.v6 {
				from, to = c6, s6
			}
			r := record()
			r.link = c.link
			inner := segmentOf(from, to, ".", 1, 1, "a\nb\nc\n")
			if c.bare {
				inner = inner[1:]
			}
			got := parseBytes(t, r.frame(append(c.under, inner...)...).pcap())
			if got.Problems.Total > 0 {
				t.Fatalf("problems: %v", got.Problems.First)
			}
			conn := got.Conns[len(got.Conns)-1]
			if conn.Orig != from || conn.Resp != to || conn.Volume.Seen != measured(6, 0) || conn.TunnelKind != c.tunnel || !slices.Equal(conn.VLAN, c.vlan) {
				t.Errorf("got %+v", conn)
			}
			if c.tunnel == "" {
				return
			}
			outer := got.Conns[0]
			if len(got.Conns) != 2 || !outer.Carries || conn.Carries || outer.Transport != c.carrier || conn.Tunnel != outer.Ref || outer.Volume.Seen.Orig.N < 46 {
				t.Errorf("carrier %+v", outer)
			}
		})
	}
}

// TestTagsDoNotSplit: a connection whose directions travel in different VLANs is one.
func TestTagsDoNotSplit(t *testing.T) {
	r := record()
	for i, f := range record().exchange(client, server).frames {
		if i%2 == 1 {
			f.data = slices.Insert(slices.Clone(f.data), 12, 0x81, 0, 0, 9)
		}
		r.raw(f.data)
	}
	if c := r.only(t); c.State != "SF" || c.Volume.Payload != measured(q, a) {
		t.Errorf("state %s volume %+v", c.State, c.Volume)
	}
}

// raw6 is an IPv6 header without a length, as before the network card has filled it in.
func raw6(next byte, from, to netip.AddrPort) gopacket.SerializableLayer {
	a, b := from.Addr().As16(), to.Addr().As16()
	return gopacket.Payload(slices.Concat([]byte{0x60, 0, 0, 0, 0, 0, next, 64}, a[:], b[:]))
}

// TestReassemblyIsBounded sends three megabytes behind a missing byte that nobody acknowledges.
func TestReassemblyIsBounded(t *testing.T) {
	const i, j = 1000, 9000
	r := record().tcp(client, server, "S", i, 0, "").tcp(server, client, "S.", j, i+1, "").tcp(client, server, ".", i+1, j+1, request)
	head := "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n"
	r.tcp(server, client, ".", j+1, i+1+uint32(q), head)
	seq := j + 2 + uint32(len(head))
	for range 2142 {
		r.tcp(server, client, ".", seq, i+1+uint32(q), strings.Repeat("x", 1400))
		seq += 1400
	}
	c := r.only(t)
	if c.Volume.Missed != measured(0, 1) || c.HTTP == nil || c.HTTP.RespBody.N < 2<<20 {
		t.Errorf("volume %+v http %+v", c.Volume, c.HTTP)
	}
}

func TestUnsupportedLink(t *testing.T) {
	r := record().exchange(client, server)
	r.link = 147
	got := parseBytes(t, r.pcap())
	if got.Problems.Total != 1 || got.Problems.Lost != 10 || got.Problems.First[0].Kind != evidence.Unsupported {
		t.Errorf("problems %+v", got.Problems)
	}
}

// aggregate packs frames of Ethernet into one of 802.11.
func aggregate(frames ...[]byte) []byte {
	out := append([]byte{0x88, 1}, append(make([]byte, 22), 0x80, 0)...)
	for _, f := range frames {
		for len(out)%4 != 26%4 {
			out = append(out, 0)
		}
		msdu := append([]byte{0xaa, 0xaa, 3, 0, 0, 0}, f[12:]...)
		out = append(binary.BigEndian.AppendUint16(append(out, f[:12]...), uint16(len(msdu))), msdu...)
	}
	return append(out, 1, 2, 3, 4) // checksum
}

// TestAggregate: packets that travel in one frame of 802.11 belong to connections of their own, and a tunnel in one of them
// does not carry the next.
func TestAggregate(t *testing.T) {
	other := netip.AddrPortFrom(client.Addr(), 50002)
	one, two := record().exchange(client, server).frames, record().exchange(other, server).frames
	_, ip := network(server.Addr(), client.Addr(), 4)
	tunnelled := record()
	for _, f := range record().exchange(client, server).frames {
		tunnelled.frame(ethernet(layers.EthernetTypeIPv4), ip, gopacket.Payload(f.data[14:]))
	}
	r := &recording{link: linkDot11, at: epoch}
	for i := range one {
		r.raw(aggregate(one[i].data, tunnelled.frames[i].data, two[i].data))
	}
	got := parseBytes(t, r.pcap())
	if got.Problems.Total > 0 || len(got.Conns) != 4 || got.Captures[0].Undecoded > 0 {
		t.Fatalf("%d connections, %v", len(got.Conns), got.Problems.First)
	}
	for i, carries := range []bool{false, true, false, false} {
		c := got.Conns[i]
		if c.Carries != carries || (c.TunnelKind != "") != (i == 2) {
			t.Errorf("connection %d: carries %v, in tunnel %q", i, c.Carries, c.TunnelKind)
		}
		if !carries && (c.State != "SF" || c.Volume.Payload != measured(q, a)) {
			t.Errorf("connection %d: %s %+v", i, c.State, c.Volume)
		}
	}
}

// TestAggregateIsBounded: what is not read of a frame is said, and costs the packets that are read nothing.
func TestAggregateIsBounded(t *testing.T) {
	f := record().exchange(client, server).frames[0].data
	for _, c := range []struct {
		why   string
		frame []byte
		conns int
		kind  evidence.ProblemKind
	}{
		{"more packets than are read", aggregate(slices.Repeat([][]byte{f}, 100)...), 1, evidence.Unsupported},
		{"a length past the end", append(aggregate(f), 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff), 1, evidence.Suspect},
		{"no room for a header", append(aggregate(), 5, 6), 0, evidence.Suspect},
	} {
		r := &recording{link: linkDot11, at: epoch}
		got := parseBytes(t, r.raw(c.frame).pcap())
		if got.Problems.Total != 1 || got.Problems.First[0].Kind != c.kind || got.Captures[0].Undecoded != 1 || len(got.Conns) != c.conns {
			t.Errorf("%s: %d connections, %v", c.why, len(got.Conns), got.Problems.First)
		}
	}
}

func TestSeriesIsBounded(t *testing.T) {
	r := record()
	for range 1000 {
		r.udp(client, server, "x").wait(10 * time.Second)
	}
	c := r.only(t)
	var sum uint64
	for _, p := range c.Series {
		sum += p.Orig
	}
	if len(c.Series) != evidence.MaxSeries || sum != 1000 {
		t.Errorf("%d points, %d bytes", len(c.Series), sum)
	}
}
