package pcap

import (
	"bytes"
	"context"
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// The two ends that the captures made here are about.
var (
	client = netip.MustParseAddrPort("192.0.2.10:50001")
	server = netip.MustParseAddrPort("198.51.100.20:80")
	epoch  = time.Date(2024, 3, 1, 12, 0, 0, 123456789, time.UTC)
)

// A recording is a capture in the making.
type recording struct {
	link   capfile.LinkType
	frames []recorded
	at     time.Time
	room   uint16 // window of the TCP packets
}

type recorded struct {
	at   time.Time
	data []byte
	orig int
}

func record() *recording { return &recording{link: linkEthernet, at: epoch, room: 8192} }

// wait lets time pass before the next frame.
func (r *recording) wait(d time.Duration) *recording {
	r.at = r.at.Add(d)
	return r
}

func (r *recording) raw(data []byte) *recording {
	r.frames = append(r.frames, recorded{r.at, data, len(data)})
	r.at = r.at.Add(time.Millisecond)
	return r
}

// frame adds a frame of the given layers.
func (r *recording) frame(l ...gopacket.SerializableLayer) *recording {
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, l...); err != nil {
		panic(err)
	}
	return r.raw(bytes.Clone(buf.Bytes()))
}

// pcap writes the recording as a pcap file with nanoseconds.
func (r *recording) pcap() []byte {
	o := binary.LittleEndian
	b := o.AppendUint32(nil, 0xa1b23c4d)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = o.AppendUint32(b, 65535)
	b = o.AppendUint32(b, uint32(r.link))
	for _, f := range r.frames {
		b = o.AppendUint32(b, uint32(f.at.Unix()))
		b = o.AppendUint32(b, uint32(f.at.Nanosecond()))
		b = o.AppendUint32(b, uint32(len(f.data)))
		b = o.AppendUint32(b, uint32(f.orig))
		b = append(b, f.data...)
	}
	return b
}

// cut shortens all frames to a snaplen.
func (r *recording) cut(snaplen int) *recording {
	for i := range r.frames {
		f := &r.frames[i]
		f.data = f.data[:min(snaplen, len(f.data))]
	}
	return r
}

// ethernet, and what follows it, for a packet between two ends.
func ethernet(kind layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: []byte{2, 0, 0, 0, 0, 1}, DstMAC: []byte{2, 0, 0, 0, 0, 2}, EthernetType: kind}
}

func network(from, to netip.Addr, proto layers.IPProtocol) (layers.EthernetType, gopacket.SerializableLayer) {
	if from.Is4() {
		return layers.EthernetTypeIPv4, &layers.IPv4{Version: 4, TTL: 64, Protocol: proto, SrcIP: from.AsSlice(), DstIP: to.AsSlice()}
	}
	return layers.EthernetTypeIPv6, &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: proto, SrcIP: from.AsSlice(), DstIP: to.AsSlice()}
}

// segment is one TCP packet; flags are letters as tcpdump writes them: S F R P and . for ACK.
func segmentOf(from, to netip.AddrPort, flags string, seq, ack uint32, payload string) []gopacket.SerializableLayer {
	_, ip := network(from.Addr(), to.Addr(), layers.IPProtocolTCP)
	t := &layers.TCP{SrcPort: layers.TCPPort(from.Port()), DstPort: layers.TCPPort(to.Port()), Seq: seq, Ack: ack, Window: 8192}
	for _, f := range flags {
		switch f {
		case 'S':
			t.SYN = true
		case 'F':
			t.FIN = true
		case 'R':
			t.RST = true
		case 'P':
			t.PSH = true
		case '.':
			t.ACK = true
		}
	}
	if err := t.SetNetworkLayerForChecksum(ip.(gopacket.NetworkLayer)); err != nil {
		panic(err)
	}
	return []gopacket.SerializableLayer{ip, t, gopacket.Payload(payload)}
}

func datagramOf(from, to netip.AddrPort, payload []byte) []gopacket.SerializableLayer {
	_, ip := network(from.Addr(), to.Addr(), layers.IPProtocolUDP)
	u := &layers.UDP{SrcPort: layers.UDPPort(from.Port()), DstPort: layers.UDPPort(to.Port())}
	if err := u.SetNetworkLayerForChecksum(ip.(gopacket.NetworkLayer)); err != nil {
		panic(err)
	}
	return []gopacket.SerializableLayer{ip, u, gopacket.Payload(payload)}
}

func etherTypeOf(a netip.Addr) layers.EthernetType {
	kind, _ := network(a, a, 0)
	return kind
}

// tcp adds one TCP packet.
func (r *recording) tcp(from, to netip.AddrPort, flags string, seq, ack uint32, payload string) *recording {
	l := segmentOf(from, to, flags, seq, ack, payload)
	l[1].(*layers.TCP).Window = r.room
	return r.frame(append([]gopacket.SerializableLayer{ethernet(etherTypeOf(from.Addr()))}, l...)...)
}

// window sets the window of the TCP packets that follow.
func (r *recording) window(n uint16) *recording {
	r.room = n
	return r
}

func (r *recording) udp(from, to netip.AddrPort, payload string) *recording {
	return r.frame(append([]gopacket.SerializableLayer{ethernet(etherTypeOf(from.Addr()))}, datagramOf(from, to, []byte(payload))...)...)
}

const (
	request  = "GET /index.html HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: test\r\n\r\n"
	response = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
)

// exchange is a whole HTTP connection in ten packets.
func (r *recording) exchange(c, s netip.AddrPort) *recording {
	const i, j = 1000, 9000
	q, a := uint32(len(request)), uint32(len(response))
	return r.tcp(c, s, "S", i, 0, "").tcp(s, c, "S.", j, i+1, "").tcp(c, s, ".", i+1, j+1, "").
		tcp(c, s, ".", i+1, j+1, request).tcp(s, c, ".", j+1, i+1+q, "").
		tcp(s, c, ".", j+1, i+1+q, response).tcp(c, s, ".", i+1+q, j+1+a, "").
		tcp(c, s, "F.", i+1+q, j+1+a, "").tcp(s, c, "F.", j+1+a, i+2+q, "").tcp(c, s, ".", i+2+q, j+2+a, "")
}

// parseBytes reads a capture.
func parseBytes(t testing.TB, b []byte) *evidence.Batch {
	t.Helper()
	var got evidence.Batch
	in := &parsers.Input{Name: "test.pcap", Size: int64(len(b)), ReaderAt: bytes.NewReader(b)}
	if err := Format.Parse(context.Background(), in, &got); err != nil {
		t.Fatal(err)
	}
	return &got
}

// only reads a recording that holds one connection.
func (r *recording) only(t testing.TB) evidence.Conn {
	t.Helper()
	got := parseBytes(t, r.pcap())
	if len(got.Conns) != 1 {
		t.Fatalf("%d connections, want 1: %+v", len(got.Conns), got.Conns)
	}
	return got.Conns[0]
}

// rewritePorts returns the capture as pcap with the ports of the innermost transport layer changed.
func rewritePorts(t testing.TB, capture []byte, change func(uint16) uint16) []byte {
	t.Helper()
	r, err := capfile.Open(bytes.NewReader(capture), int64(len(capture)), func(evidence.Problem) {})
	if err != nil {
		t.Fatal(err)
	}
	out := recording{}
	var b capfile.Block
	for err == nil {
		err = r.Read(&b)
		for _, f := range b.Frames {
			data := bytes.Clone(f.Data)
			rewriteFrame(data, f.LinkType, change)
			out.link = f.LinkType
			out.frames = append(out.frames, recorded{f.Time, data, f.OrigLen})
		}
	}
	return out.pcap()
}

func rewriteFrame(data []byte, link capfile.LinkType, change func(uint16) uint16) {
	first := layers.LinkType(link)
	p := gopacket.NewPacket(data, first, gopacket.NoCopy)
	var last gopacket.Layer
	for _, l := range p.Layers() {
		if l.LayerType() == layers.LayerTypeTCP || l.LayerType() == layers.LayerTypeUDP {
			last = l
		}
	}
	if last == nil {
		return
	}
	for ports := last.LayerContents()[:4]; len(ports) > 0; ports = ports[2:] {
		binary.BigEndian.PutUint16(ports, change(binary.BigEndian.Uint16(ports)))
	}
}

// frameOf is what the container would yield for an Ethernet frame.
func frameOf(data []byte) *capfile.Frame {
	return &capfile.Frame{Number: 1, Time: epoch, LinkType: linkEthernet, CapLen: len(data), OrigLen: len(data), Data: data}
}
