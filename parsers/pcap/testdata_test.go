package pcap

import (
	"bytes"
	"encoding/binary"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

func TestFormat(t *testing.T) { parsertest.Run(t, Format, "testdata") }

// TestTestdata makes the files in testdata again; -update writes them.
func TestTestdata(t *testing.T) {
	for name, made := range map[string][]byte{
		"connections.pcap": connections().pcap(),
		"damaged.pcap":     damaged(),
		"tunnels.pcap":     tunnels().pcap(),
		"two-links.pcapng": twoLinks(),
	} {
		path := filepath.Join("testdata", name)
		if flag.Lookup("update").Value.String() == "true" {
			if err := os.WriteFile(path, made, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		stored, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(made, stored) {
			t.Errorf("%s differs from what the test makes (%v)", path, err)
		}
	}
}

// connections holds one after the other: a web page, the same ports again, a refused connection, a name looked up, the rest
// of a connection whose beginning is missing, cut to 200 bytes.
func connections() *recording {
	r := record().exchange(client, server).wait(time.Minute)
	r.tcp(client, server, "S", 700000, 0, "").tcp(server, client, "S.", 5, 700001, "").tcp(client, server, ".", 700001, 6, request)
	refused := netip.AddrPortFrom(server.Addr(), 81)
	r.tcp(client, refused, "S", 1, 0, "").tcp(refused, client, "R.", 0, 2, "")
	resolver := netip.MustParseAddrPort("198.51.100.53:53")
	query := "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x03org\x00\x00\x01\x00\x01"
	reply := "\x12\x34\x81\x80\x00\x01\x00\x01" + query[8:] + "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc6\x33\x64\x14"
	r.udp(client, resolver, query).udp(resolver, client, reply)
	late := netip.AddrPortFrom(client.Addr(), 50002)
	r.tcp(server, late, ".", 1000, 77, response).tcp(late, server, ".", 77, 1000+uint32(a), "")
	return r.cut(200)
}

// damaged is the first connection with the length of its third frame overwritten and its last frame cut.
func damaged() []byte {
	r := record().exchange(client, server)
	b := r.pcap()
	third := 24
	for _, f := range r.frames[:2] {
		third += 16 + len(f.data)
	}
	binary.LittleEndian.PutUint32(b[third+8:], 0x7fffffff)
	return b[:len(b)-5]
}

// tunnels is the same connection in VXLAN and, tagged twice, in 6in4.
func tunnels() *recording {
	r := record()
	o1, o2 := netip.MustParseAddrPort("203.0.113.1:40000"), netip.MustParseAddrPort("203.0.113.2:4789")
	for _, f := range record().exchange(client, server).frames {
		vxlan := append([]byte{8, 0, 0, 0, 0, 0, 42, 0}, f.data...)
		r.frame(append([]gopacket.SerializableLayer{ethernet(layers.EthernetTypeIPv4)}, datagramOf(o1, o2, vxlan)...)...)
	}
	c6, s6 := netip.MustParseAddrPort("[2001:db8::10]:50001"), netip.MustParseAddrPort("[2001:db8::20]:80")
	for _, f := range record().exchange(c6, s6).frames {
		_, ip := network(o1.Addr(), o2.Addr(), 41)
		r.frame(ethernet(layers.EthernetTypeQinQ), &layers.Dot1Q{VLANIdentifier: 100, Type: layers.EthernetTypeDot1Q},
			&layers.Dot1Q{VLANIdentifier: 200, Type: layers.EthernetTypeIPv4}, ip, gopacket.Payload(f.data[14:]))
	}
	return r
}

// twoLinks is a connection captured by an Ethernet interface with nanoseconds and a raw one with a resolution of 2^-20 s,
// with drops, a comment and a block that nobody knows.
func twoLinks() []byte {
	o := binary.LittleEndian
	var b []byte
	block := func(kind uint32, body []byte) {
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
		b = o.AppendUint32(b, kind)
		b = o.AppendUint32(b, uint32(len(body)+12))
		b = append(b, body...)
		b = o.AppendUint32(b, uint32(len(body)+12))
	}
	block(0x0a0d0d0a, append(o.AppendUint64(o.AppendUint64(nil, 1<<32|0x1a2b3c4d), 1<<64-1), "\x01\x00\x05\x00hello\x00\x00\x00\x00\x00\x00\x00"...))
	block(1, []byte("\x01\x00\x00\x00\x00\x00\x00\x00\x09\x00\x01\x00\x09\x00\x00\x00"))
	block(1, []byte("\x65\x00\x00\x00\x00\x00\x00\x00\x09\x00\x01\x00\x94\x00\x00\x00"))
	block(0x40000bad, []byte("nobody knows"))
	for i, f := range record().exchange(client, server).frames {
		id, ts, data := uint32(i%2), uint64(f.at.UnixNano()), f.data
		if id == 1 {
			ts, data = uint64(f.at.Unix())<<20|uint64(f.at.Nanosecond())<<20/1e9, f.data[14:]
		}
		h := o.AppendUint32(nil, id)
		h = o.AppendUint32(h, uint32(ts>>32))
		h = o.AppendUint32(h, uint32(ts))
		h = o.AppendUint32(h, uint32(len(data)))
		h = o.AppendUint32(h, uint32(len(data)))
		block(6, append(h, data...))
	}
	block(5, append(make([]byte, 12), "\x05\x00\x08\x00\x07\x00\x00\x00\x00\x00\x00\x00"...))
	return b
}
