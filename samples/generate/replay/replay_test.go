package replay

import (
	"bytes"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/wirewitness/wirewitness/parsers/parsertest"
	"github.com/wirewitness/wirewitness/samples/generate/transcript"
	"github.com/wirewitness/wirewitness/samples/generate/wire"
)

var start = time.Date(2020, 1, 2, 3, 4, 5, 6000, time.UTC)

// conversation is one over TCP and one over UDP between two addresses.
func conversation(client, server string) (packets []wire.Packet) {
	f := wire.Flow{
		Client: wire.End{Addr: netip.MustParseAddrPort(client), TTL: 64},
		Server: wire.End{Addr: netip.MustParseAddrPort(server), TTL: 64},
		Path:   wire.Path{RTT: time.Millisecond, Rate: 1e6, Segment: 1460}, Start: start,
	}
	emit := func(p wire.Packet) { packets = append(packets, p) }
	turns := []transcript.Turn{{FromClient: true, Data: []byte("hello"), Size: 5}, {Data: []byte("hello to you"), Size: 12}}
	f.TCP(transcript.Conversation{Turns: turns}, emit)
	f.UDP(transcript.Conversation{UDP: true, Turns: turns}, emit)
	wire.Sort(packets)
	return packets
}

// write puts captures into files.
func write(t *testing.T, captures ...[]byte) (names []string) {
	t.Helper()
	for _, c := range captures {
		f, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.Write(c); err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name())
	}
	return names
}

func TestCapture(t *testing.T) {
	v4, v6 := conversation("192.168.1.2:50000", "198.51.100.7:443"), conversation("[2001:db8::2]:50000", "[2001:db8:1::7]:443")
	names := write(t, wire.Pcap(v4), wire.Pcapng(v6, "eth0"), vlan(v4), raw(v4))
	for _, row := range []struct {
		name  string
		size  Size
		peers int // of IPv4
	}{
		{"the same peers", Size{Packets: 200, Every: time.Minute}, 1},
		{"other peers", Size{Packets: 200, Every: time.Minute, Peers: true}, 5},
		{"overlapping", Size{Packets: 200, Every: time.Millisecond, Peers: true}, 7},
		{"as many flows", Size{Flows: 4*2*4 + 1, Every: time.Minute, Peers: true}, 5},
		{"two networks", Size{Packets: 200, Every: time.Minute, Peers: true, Networks: 2}, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			var out bytes.Buffer
			made, err := Capture(&out, names, row.size)
			if err != nil {
				t.Fatal(err)
			}
			s := survey(t, out.Bytes())
			if s.packets != made.Packets || uint64(s.size) != made.Bytes || s.wrong > 0 {
				t.Errorf("%d packets in %d bytes, %d with wrong checksums; written %v", s.packets, s.size, s.wrong, made)
			}
			if row.size.Networks == 0 && uint64(len(s.flows)) != made.Flows {
				t.Errorf("%d flows; written %v", len(s.flows), made)
			}
			if len(s.peers) != row.peers {
				t.Errorf("peers %v, want %d", s.peers, row.peers)
			}
		})
	}
}

// TestCorpus repeats the recorded captures twice. As many checksums are wrong as were, and the second pass is
// the first with other addresses.
func TestCorpus(t *testing.T) {
	var names []string
	err := filepath.WalkDir(filepath.Join(parsertest.Corpus(t), "pcap-protocols"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	original, left, err := load(names)
	if err != nil {
		t.Fatal(err)
	}
	var before, out bytes.Buffer
	original.sort()
	w := wire.NewWriter(&before)
	for _, f := range original.frames {
		w.Write(f.Packet)
	}
	w.Flush()
	n := uint64(len(original.frames))
	made, err := Capture(&out, names, Size{Packets: 2 * n, Every: 365 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if n < 19_000 || left > 200 || made.Packets != 2*n {
		t.Errorf("%d packets, %d left out; written %v", n, left, made)
	}
	was, is := survey(t, before.Bytes()), survey(t, out.Bytes())
	if is.wrong != 2*was.wrong {
		t.Errorf("%d wrong checksums, were %d", is.wrong, was.wrong)
	}
	if len(is.flows) < len(was.flows)*19/10 {
		t.Errorf("%d flows, were %d", len(is.flows), len(was.flows))
	}
}

// TestEnrich: of two captures, one full of flows, a mix is made that has as many of them as asked for.
func TestEnrich(t *testing.T) {
	var flows []wire.Packet
	for i := range 60 {
		flows = append(flows, conversation(netip.AddrPortFrom(netip.MustParseAddr("192.168.1.2"), uint16(50000+i)).String(), "198.51.100.7:443")[:1]...)
	}
	bulk := conversation("192.168.1.2:50000", "198.51.100.7:443")
	for len(bulk) < 1000 {
		bulk = append(bulk, bulk[:8]...)
	}
	made, err := Capture(io.Discard, write(t, wire.Pcap(bulk), wire.Pcap(flows)), Size{Bytes: 3_000_000, Flows: 15_000, Every: time.Minute, Peers: true})
	if err != nil {
		t.Fatal(err)
	}
	if made.Flows < 14_000 || made.Bytes < 2_800_000 {
		t.Errorf("written %v", made)
	}
}

// vlan tags the frames of a capture; raw leaves Ethernet out.
func vlan(packets []wire.Packet) []byte {
	var tagged []wire.Packet
	for _, p := range packets {
		b := append(append(bytes.Clone(p.Data[:12]), 0x81, 0, 0, 7), p.Data[12:]...)
		tagged = append(tagged, wire.Packet{At: p.At, Data: b, Size: p.Size + 4})
	}
	return wire.Pcap(tagged)
}

func raw(packets []wire.Packet) []byte {
	var bare []wire.Packet
	for _, p := range packets {
		bare = append(bare, wire.Packet{At: p.At, Data: p.Data[14:], Size: p.Size - 14})
	}
	b := wire.Pcap(bare)
	b[20] = linkRaw
	return b
}

// A surveyed is what another library finds in a capture.
type surveyed struct {
	packets uint64
	size    int
	wrong   int
	flows   map[[2]gopacket.Flow]bool // towards the end that is greater
	peers   map[string]bool
}

// survey reads a capture whose packets must be in the order of time.
func survey(t *testing.T, capture []byte) surveyed {
	t.Helper()
	s := surveyed{size: len(capture), flows: map[[2]gopacket.Flow]bool{}, peers: map[string]bool{}}
	in, err := pcapgo.NewReader(bytes.NewReader(capture))
	if err != nil {
		t.Fatal(err)
	}
	for last := (time.Time{}); ; s.packets++ {
		data, info, err := in.ReadPacketData()
		if err == io.EOF {
			return s
		}
		if err != nil || info.Timestamp.Before(last) {
			t.Fatalf("packet %d: at %v after %v, %v", s.packets, info.Timestamp, last, err)
		}
		last = info.Timestamp
		s.packet(gopacket.NewPacket(data, layers.LayerTypeEthernet, gopacket.NoCopy), info.CaptureLength == info.Length)
	}
}

func (s *surveyed) packet(p gopacket.Packet, whole bool) {
	if n, t := p.NetworkLayer(), p.TransportLayer(); n != nil && t != nil {
		ends, ports := n.NetworkFlow(), t.TransportFlow()
		if ends.Dst().LessThan(ends.Src()) || ends.Dst() == ends.Src() && ports.Dst().LessThan(ports.Src()) {
			ends, ports = ends.Reverse(), ports.Reverse()
		}
		s.flows[[2]gopacket.Flow{ends, ports}] = true
		for _, end := range []gopacket.Endpoint{n.NetworkFlow().Src(), n.NetworkFlow().Dst()} {
			if end.EndpointType() == layers.EndpointIPv4 && end.Raw()[0] != 10 {
				s.peers[end.String()] = true
			}
		}
	}
	var pseudo []byte
	for _, l := range p.Layers() {
		covered := append([]byte{}, l.LayerContents()...)
		switch l := l.(type) {
		case *layers.IPv4:
			pseudo = append(append([]byte{}, l.SrcIP...), l.DstIP...)
		case *layers.IPv6:
			pseudo = append(append([]byte{}, l.SrcIP...), l.DstIP...)
			continue
		case *layers.TCP:
			covered = transport(pseudo, covered, l.LayerPayload(), protoTCP)
		case *layers.UDP:
			if l.Checksum == 0 {
				continue
			}
			covered = transport(pseudo, covered, l.LayerPayload(), protoUDP)
		default:
			continue
		}
		if whole && sum(covered) != 0xffff {
			s.wrong++
		}
	}
}

func transport(pseudo, header, payload []byte, proto byte) []byte {
	n := len(header) + len(payload)
	b := append([]byte{0, proto, byte(n >> 8), byte(n)}, pseudo...)
	return append(append(b, header...), payload...)
}

func sum(b []byte) (s uint32) {
	for i, c := range b {
		s += uint32(c) << (8 * (1 - i&1))
	}
	for s > 0xffff {
		s = s&0xffff + s>>16
	}
	return s
}
