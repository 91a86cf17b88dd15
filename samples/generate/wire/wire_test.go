package wire

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/wirewitness/wirewitness/samples/generate/transcript"
)

var start = time.Date(2026, 3, 10, 9, 0, 0, 123456789, time.UTC)

func flow(client, server string) Flow {
	return Flow{
		Client: End{Addr: netip.MustParseAddrPort(client), MAC: [6]byte{2, 0, 0, 0, 0, 9}, TTL: 128},
		Server: End{Addr: netip.MustParseAddrPort(server), MAC: [6]byte{2, 0, 0, 0, 0, 1}, TTL: 52},
		Path:   Path{RTT: 20 * time.Millisecond, Rate: 1e6, Segment: 1460}, Start: start, Seed: 3,
	}
}

var dialogue = []transcript.Turn{
	{FromClient: true, Data: bytes.Repeat([]byte("question"), 500), Size: 4000},
	{Data: []byte("answer"), Size: 6},
	{FromClient: true, Data: []byte("bulk"), Size: 100000}, // the rest was not kept
}

// TestTCP puts a dialogue on the wire and reads it back with another library: what was said, gap for gap, with checksums
// that fit wherever the frame is whole.
func TestTCP(t *testing.T) {
	for name, f := range map[string]Flow{
		"IPv4": flow("10.20.1.9:50000", "203.0.113.9:443"),
		"IPv6": flow("[2001:db8::9]:50000", "[2001:db8:1::9]:443"),
	} {
		var packets []Packet
		end := f.TCP(transcript.Conversation{Turns: dialogue}, func(p Packet) { packets = append(packets, p) })
		Sort(packets)
		if last := packets[len(packets)-1]; !last.At.Equal(end) {
			t.Errorf("%s: last packet at %v, over at %v", name, last.At, end)
		}
		next, sent := map[uint16]uint32{}, map[uint16]int{}
		for i, p := range packets {
			tcp := checked(t, p).Layer(layers.LayerTypeTCP).(*layers.TCP)
			port := uint16(tcp.SrcPort)
			if !tcp.SYN && tcp.Seq != next[port] {
				t.Fatalf("%s, packet %d: sequence number %d, want %d", name, i, tcp.Seq, next[port])
			}
			length := p.Size - (len(p.Data) - len(tcp.Payload))
			sent[port] += length
			next[port] = tcp.Seq + uint32(length)
			if tcp.SYN || tcp.FIN {
				next[port]++
			}
		}
		if sent[50000] != 104000 || sent[443] != 6 {
			t.Errorf("%s: %d and %d bytes", name, sent[50000], sent[443])
		}
	}
}

func TestUDP(t *testing.T) {
	f := flow("10.20.1.9:50000", "10.20.0.10:5555")
	f.Pause = func(n int) time.Duration { return time.Duration(n) * time.Minute }
	var packets []Packet
	turns := []transcript.Turn{
		{FromClient: true, Data: []byte("one"), Size: 3}, {Data: []byte("two"), Size: 3}, {FromClient: true, Data: []byte("three"), Size: 5},
	}
	f.UDP(transcript.Conversation{UDP: true, Turns: turns}, func(p Packet) { packets = append(packets, p) })
	if len(packets) != len(turns) {
		t.Fatalf("%d packets", len(packets))
	}
	for i, p := range packets {
		if got := checked(t, p).Layer(layers.LayerTypeUDP).LayerPayload(); !bytes.Equal(got, turns[i].Data) {
			t.Errorf("packet %d says %q", i, got)
		}
	}
	if wait := packets[2].At.Sub(packets[1].At); wait < time.Minute {
		t.Errorf("the client waited %v", wait)
	}
}

// checked decodes a frame and compares the checksums of whole frames with those that gopacket computes.
func checked(t *testing.T, p Packet) gopacket.Packet {
	t.Helper()
	decoded := gopacket.NewPacket(p.Data, layers.LayerTypeEthernet, gopacket.Default)
	if len(p.Data) < p.Size {
		return decoded
	}
	if e := decoded.ErrorLayer(); e != nil {
		t.Fatal(e.Error())
	}
	var all []gopacket.SerializableLayer
	for _, l := range decoded.Layers() {
		switch l := l.(type) {
		case *layers.TCP:
			l.SetNetworkLayerForChecksum(decoded.NetworkLayer())
		case *layers.UDP:
			l.SetNetworkLayerForChecksum(decoded.NetworkLayer())
		}
		if s, ok := l.(gopacket.SerializableLayer); ok {
			all = append(all, s)
		}
	}
	again := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(again, gopacket.SerializeOptions{ComputeChecksums: true}, all...); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Bytes()[:len(p.Data)], p.Data) {
		t.Errorf("frame differs with checksums computed again:\n%x\n%x", p.Data, again.Bytes())
	}
	return decoded
}

// TestCaptures reads both kinds of capture files with another library: microseconds in one, nanoseconds in the other.
func TestCaptures(t *testing.T) {
	packets := []Packet{{At: start, Data: make([]byte, 61), Size: 61}, {At: start.Add(time.Second), Data: make([]byte, 54), Size: 1514}}
	classic, err := pcapgo.NewReader(bytes.NewReader(Pcap(packets)))
	if err != nil {
		t.Fatal(err)
	}
	next, err := pcapgo.NewNgReader(bytes.NewReader(Pcapng(packets, "eth0")), pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range packets {
		for name, r := range map[string]gopacket.PacketDataSource{"pcap": classic, "pcapng": next} {
			data, info, err := r.ReadPacketData()
			want := p.At
			if name == "pcap" {
				want = want.Truncate(time.Microsecond)
			}
			if err != nil || !info.Timestamp.Equal(want) || info.Length != p.Size || !bytes.Equal(data, p.Data) {
				t.Errorf("%s, packet %d: %v %d bytes of %d, %v", name, i, info.Timestamp, len(data), info.Length, err)
			}
		}
	}
}
