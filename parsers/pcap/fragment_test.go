package pcap

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// cutUp makes fragments of the IP packet in an Ethernet frame, each with so many bytes of it.
func cutUp(frame []byte, size int, id uint16) (pieces [][]byte) {
	if binary.BigEndian.Uint16(frame[12:]) == 0x86dd {
		return cutUp6(frame, size, uint32(id))
	}
	head, rest := frame[:34], frame[34:14+int(binary.BigEndian.Uint16(frame[16:]))] // not the padding
	for at := 0; at < len(rest); at += size {
		end := min(at+size, len(rest))
		f := append(slices.Clone(head), rest[at:end]...)
		binary.BigEndian.PutUint16(f[16:], uint16(20+end-at))
		binary.BigEndian.PutUint16(f[18:], id)
		place := uint16(at / 8)
		if end < len(rest) {
			place |= 0x2000
		}
		binary.BigEndian.PutUint16(f[20:], place)
		pieces = append(pieces, f)
	}
	return pieces
}

func cutUp6(frame []byte, size int, id uint32) (pieces [][]byte) {
	head, rest := frame[:54], frame[54:]
	for at := 0; at < len(rest); at += size {
		end := min(at+size, len(rest))
		f := slices.Clone(head)
		binary.BigEndian.PutUint16(f[18:], uint16(8+end-at))
		place := uint16(at)
		if end < len(rest) {
			place |= 1
		}
		f = binary.BigEndian.AppendUint16(append(f, f[20], 0), place)
		f[20] = 44
		pieces = append(pieces, append(binary.BigEndian.AppendUint32(f, id), rest[at:end]...))
	}
	return pieces
}

// bigAnswer is a DNS answer of 40 addresses for a name.
func bigAnswer(name string) string {
	var b strings.Builder
	b.WriteString("\x12\x34\x81\x80\x00\x01\x00\x28\x00\x00\x00\x00")
	for _, label := range strings.Split(name, ".") {
		b.WriteByte(byte(len(label)))
		b.WriteString(label)
	}
	b.WriteString("\x00\x00\x01\x00\x01")
	for i := range 40 {
		b.WriteString("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc6\x33\x64")
		b.WriteByte(byte(i))
	}
	return b.String()
}

var (
	resolver  = netip.MustParseAddrPort("198.51.100.53:53")
	resolver6 = netip.MustParseAddrPort("[2001:db8::53]:53")
	client6   = netip.MustParseAddrPort("[2001:db8::10]:50001")
)

// answered is a frame with a DNS answer in one piece.
func answered(from, to netip.AddrPort) []byte {
	return record().udp(from, to, bigAnswer("many.example.org")).frames[0].data
}

// TestFragmentOrders: whatever way the fragments of an answer come, the answer is read and every fragment counted once.
func TestFragmentOrders(t *testing.T) {
	size := uint64(len(bigAnswer("many.example.org")))
	for _, c := range []struct {
		name    string
		order   []int
		answers int
		missing int // fragments that are waited for in vain
	}{
		{"in order", []int{0, 1, 2, 3}, 40, 0},
		{"the last first, as old stacks send", []int{3, 2, 1, 0}, 40, 0},
		{"the first in the middle", []int{1, 0, 3, 2}, 40, 0},
		{"each twice, as on a mirrored port", []int{0, 0, 1, 1, 2, 2, 3, 3}, 40, 0},
		{"all of it twice", []int{0, 1, 2, 3, 0, 1, 2, 3}, 40, 0},
		{"one late, after the whole", []int{0, 1, 2, 3, 2}, 40, 0},
		{"the middle missing", []int{0, 1, 3}, 0, 1},
		{"the last missing", []int{0, 1, 2}, 0, 1},
	} {
		for version, ends := range map[string][2]netip.AddrPort{"v4": {resolver, client}, "v6": {resolver6, client6}} {
			t.Run(c.name+" "+version, func(t *testing.T) {
				pieces := cutUp(answered(ends[0], ends[1]), 200, 7)
				r := record()
				var sent uint64
				for _, i := range c.order {
					r.raw(pieces[i])
					sent += uint64(len(pieces[i]))
				}
				got := parseBytes(t, r.pcap())
				if len(got.Conns) != 1 || got.Problems.Lost != 0 || got.Problems.Incomplete || (got.Problems.Total > 0) != (c.missing > 0) {
					t.Fatalf("%d connections, problems %v", len(got.Conns), got.Problems)
				}
				conn := got.Conns[0]
				header := uint64(34)
				if version == "v6" {
					header = 62
				}
				v, n := conn.Volume, uint64(len(c.order))
				seen := sent - header*n - 8*uint64(count(c.order, 0))
				if v.Packets.Resp.N != n || v.IP.Resp.N != sent-14*n || v.Seen.Resp.N != seen {
					t.Errorf("packets %v IP %v seen %v of %d", v.Packets, v.IP, v.Seen, size)
				}
				if conn.DNS == nil || len(conn.DNS.Questions) == 0 || conn.DNS.Questions[0].Name != "many.example.org" {
					t.Fatalf("protocol %q %+v", conn.Protocol, conn.DNS)
				}
				if q := conn.DNS.Questions[0]; c.missing == 0 && (len(q.Answers) != c.answers || uint64(q.AnswerBytes) != size) {
					t.Errorf("%d answers in %d bytes, want %d in %d", len(q.Answers), q.AnswerBytes, c.answers, size)
				}
			})
		}
	}
}

func count(list []int, v int) (n int) {
	for _, x := range list {
		if x == v {
			n++
		}
	}
	return n
}

// TestFragmentOverlap: a second copy that says something else does not change what the first said.
func TestFragmentOverlap(t *testing.T) {
	pieces := cutUp(answered(resolver, client), 200, 7)
	forged := slices.Clone(pieces[1])
	for i := 34; i < len(forged); i++ {
		forged[i] = 0xff
	}
	c := record().raw(pieces[0]).raw(pieces[1]).raw(forged).raw(pieces[2]).raw(pieces[3]).only(t)
	if c.DNS == nil || len(c.DNS.Questions[0].Answers) != 40 {
		t.Errorf("%+v", c.DNS)
	}
	for i, a := range c.DNS.Questions[0].Answers {
		if want := netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}); a != want {
			t.Errorf("answer %d is %v, want %v", i, a, want)
		}
	}
}

// TestFragmentedStream: segments larger than a link's packets, among them one whose header is itself cut in two.
func TestFragmentedStream(t *testing.T) {
	for _, size := range []int{8, 16, 24, 64} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			r := record()
			for i, f := range record().exchange(client, server).frames {
				for _, p := range cutUp(f.data, size, uint16(i)) {
					r.raw(p)
				}
			}
			c := r.only(t)
			if c.State != "SF" || c.Volume.Payload != measured(q, a) || c.Volume.Seen != measured(q, a) || c.Volume.Missed != measured(0, 0) || c.HTTP == nil || c.HTTP.RespBody.N != 5 {
				t.Errorf("state %s history %s volume %+v http %+v", c.State, c.History, c.Volume, c.HTTP)
			}
		})
	}
}

// TestFragmentedTunnels: what a tunnel carries is read when its own packets were cut up, when those inside were, and both.
func TestFragmentedTunnels(t *testing.T) {
	o1, o2 := netip.MustParseAddrPort("203.0.113.1:40000"), netip.MustParseAddrPort("203.0.113.2:4789")
	wrap := func(inner []byte) []byte {
		vxlan := append([]byte{8, 0, 0, 0, 0, 0, 42, 0}, inner...)
		r := record().frame(append([]gopacket.SerializableLayer{ethernet(layers.EthernetTypeIPv4)}, datagramOf(o1, o2, vxlan)...)...)
		return r.frames[0].data
	}
	inside := func(out *recording) {
		for i, p := range cutUp(answered(resolver6, client6), 400, 9) {
			for _, p := range cutUp(wrap(p), 160, uint16(100+i)) {
				out.raw(p)
			}
		}
	}
	for name, fill := range map[string]func(*recording){
		"the tunnel's": func(r *recording) {
			for _, p := range cutUp(wrap(answered(resolver6, client6)), 400, 3) {
				r.raw(p)
			}
		},
		"those inside": func(r *recording) {
			for _, p := range cutUp(answered(resolver6, client6), 400, 9) {
				r.raw(wrap(p))
			}
		},
		"both": inside,
	} {
		t.Run(name, func(t *testing.T) {
			r := record()
			fill(r)
			got := parseBytes(t, r.pcap())
			if len(got.Conns) != 2 || got.Problems.Total > 0 {
				t.Fatalf("%d connections, problems %v", len(got.Conns), got.Problems.First)
			}
			outer, inner := got.Conns[0], got.Conns[1]
			if !outer.Carries || inner.Tunnel != outer.Ref || inner.TunnelKind != "vxlan" || inner.DNS == nil || len(inner.DNS.Questions[0].Answers) != 40 {
				t.Errorf("outer %+v\ninner %+v", outer, inner)
			}
		})
	}
}

// TestFragmentNumbersRepeat: the same number on another path, in another tunnel or later is another datagram.
func TestFragmentNumbersRepeat(t *testing.T) {
	one, two := cutUp(answered(resolver, client), 400, 7), cutUp(answered(resolver6, client6), 400, 7)
	later := netip.AddrPortFrom(client.Addr(), 50099)
	again := cutUp(answered(resolver, later), 400, 7)
	for name, r := range map[string]*recording{
		"at the same time":             record().raw(one[0]).raw(two[0]).raw(one[1]).raw(two[1]),
		"after the first was complete": record().raw(one[0]).raw(one[1]).raw(again[0]).raw(again[1]),
		"after a while":                record().raw(one[0]).wait(time.Minute).raw(again[0]).raw(again[1]).raw(two[1]).raw(two[0]),
	} {
		t.Run(name, func(t *testing.T) {
			answers := 0
			for _, c := range parseBytes(t, r.pcap()).Conns {
				if c.DNS != nil && len(c.DNS.Questions[0].Answers) == 40 {
					answers++
				}
			}
			if answers != 2 {
				t.Errorf("%d answers read whole, want 2", answers)
			}
		})
	}
}

// TestFragmentsCut: fragments that the snaplen shortened are put together as far as they go.
func TestFragmentsCut(t *testing.T) {
	r := record()
	for _, p := range cutUp(answered(resolver, client), 400, 7) {
		r.raw(p)
	}
	size := uint64(len(bigAnswer("many.example.org")))
	c := r.cut(120).only(t)
	if c.Volume.Seen != measured(0, size) || c.Volume.Cut.Resp.N != size-(120-42)-(120-34) {
		t.Errorf("volume %+v", c.Volume)
	}
	if c.Protocol != "dns" {
		t.Errorf("protocol %q", c.Protocol)
	}
}

// TestFragmentsAreBounded sends ever new datagrams of which a piece is missing, and pieces far outside of any.
func TestFragmentsAreBounded(t *testing.T) {
	pieces := cutUp(record().udp(client, server, strings.Repeat("f", 60000)).frames[0].data, 30000, 0)
	var largest int
	survey := newSurvey(func(evidence.Problem) {})
	tr := newTracker("test", survey)
	given := func() (fragments uint64) {
		for _, f := range survey.failures {
			fragments += f.N
		}
		return fragments
	}
	var d decoder
	for i := range 5000 {
		f := frameOf(slices.Clone(pieces[i%2]))
		f.Number = uint64(i + 1)
		binary.BigEndian.PutUint16(f.Data[18:], uint16(i/2*2)) // first and second, never the third
		if d.decode(f, d.packets); d.err != nil {
			t.Fatal(d.err)
		}
		tr.frame(f, &d.contents)
		largest = max(largest, tr.held.bytes)
	}
	if largest > maxFragmentBytes || tr.held.order.Len() > maxDatagrams || given() < 4000 {
		t.Errorf("%d bytes of %d datagrams held, %d given up", largest, tr.held.order.Len(), given())
	}
	tr.giveUp()
	if tr.held.bytes != 0 || len(tr.held.known) != 0 || given() != 5000 {
		t.Errorf("%d bytes, %d datagrams left, %d given up of 5000", tr.held.bytes, len(tr.held.known), given())
	}
}
