package service

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// One target for each line of the list; go test -fuzz takes one at a time.

func FuzzBitTorrent(f *testing.F) { dissect(f, "bittorrent") }
func FuzzCAPWAP(f *testing.F)     { dissect(f, "capwap") }
func FuzzDCERPC(f *testing.F)     { dissect(f, "dce_rpc") }
func FuzzDHCP(f *testing.F)       { dissect(f, "dhcp") }
func FuzzDNS(f *testing.F)        { dissect(f, "dns") }
func FuzzDTLS(f *testing.F)       { dissect(f, "dtls") }
func FuzzFTP(f *testing.F)        { dissect(f, "ftp") }
func FuzzHTTP(f *testing.F)       { dissect(f, "http") }
func FuzzIMAP(f *testing.F)       { dissect(f, "imap") }
func FuzzIRC(f *testing.F)        { dissect(f, "irc") }
func FuzzKerberos(f *testing.F)   { dissect(f, "kerberos") }
func FuzzLDAP(f *testing.F)       { dissect(f, "ldap") }
func FuzzLLMNR(f *testing.F)      { dissect(f, "llmnr") }
func FuzzMDNS(f *testing.F)       { dissect(f, "mdns") }
func FuzzMQTT(f *testing.F)       { dissect(f, "mqtt") }
func FuzzMySQL(f *testing.F)      { dissect(f, "mysql") }
func FuzzNetBIOS(f *testing.F)    { dissect(f, "netbios") }
func FuzzNTP(f *testing.F)        { dissect(f, "ntp") }
func FuzzOpenVPN(f *testing.F)    { dissect(f, "openvpn") }
func FuzzPOP3(f *testing.F)       { dissect(f, "pop3") }
func FuzzPostgreSQL(f *testing.F) { dissect(f, "postgresql") }
func FuzzQUIC(f *testing.F)       { dissect(f, "quic") }
func FuzzRDP(f *testing.F)        { dissect(f, "rdp") }
func FuzzRTP(f *testing.F)        { dissect(f, "rtp") }
func FuzzSIP(f *testing.F)        { dissect(f, "sip") }
func FuzzSMB(f *testing.F)        { dissect(f, "smb") }
func FuzzSMTP(f *testing.F)       { dissect(f, "smtp") }
func FuzzSNMP(f *testing.F)       { dissect(f, "snmp") }
func FuzzSOCKS(f *testing.F)      { dissect(f, "socks") }
func FuzzSSDP(f *testing.F)       { dissect(f, "ssdp") }
func FuzzSSH(f *testing.F)        { dissect(f, "ssh") }
func FuzzSTUN(f *testing.F)       { dissect(f, "stun") }
func FuzzTDS(f *testing.F)        { dissect(f, "tds") }
func FuzzTelnet(f *testing.F)     { dissect(f, "telnet") }
func FuzzTFTP(f *testing.F)       { dissect(f, "tftp") }
func FuzzTLS(f *testing.F)        { dissect(f, "tls") }
func FuzzWireGuard(f *testing.F)  { dissect(f, "wireguard") }

// TestFuzzTargets: every line of the list has a target.
func TestFuzzTargets(t *testing.T) {
	source, err := os.ReadFile("dissect_fuzz_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range protocols {
		if !bytes.Contains(source, fmt.Appendf(nil, "dissect(f, %q)", p.name)) {
			t.Errorf("no target for %s", p.name)
		}
	}
}

// dissect gives the matchers and the analyzers of a protocol any bytes, whether a session would have come to them or not:
// nothing panics, and memory stays bounded.
func dissect(f *testing.F, name string) {
	for _, k := range seeds(f)[name] {
		f.Add(k.bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > parsertest.MaxFuzz {
			t.Skip("larger than the bound speaks of")
		}
		k := talkOf(b)
		parsertest.Bounded(t, func() {
			for i := range protocols {
				if p := &protocols[i]; p.name == name {
					p.dissect(t, k, Orig)
					p.dissect(t, k, Resp)
				}
			}
		})
	})
}

// dissect feeds a conversation to the matchers, as far as a session would ask them, and to the analyzer as if they had said
// yes.
func (p *protocol) dissect(t testing.TB, k talk, client Side) {
	pool := &Pool{}
	var a analyzer = nameOnly{}
	if p.open != nil {
		a = p.open(scene{transport: k.over, client: client, pool: pool})
	}
	o, datagrams := opening{pool: pool}, opening{pool: pool}
	for _, w := range k.said {
		c := Chunk{Side: w.side, Gap: w.gap, Data: []byte(w.text)}
		if p.udp != nil && len(c.Data) > 0 && len(datagrams.pieces) < maxDatagrams {
			datagrams.parsed = false
			p.udp(c, &datagrams)
			datagrams.keep(c)
		}
		if p.tcp != nil && !o.full() {
			part := c
			part.Data = c.Data[:min(len(c.Data), window-len(o.head[c.Side]))]
			o.extend(part)
			if p.tcp(&o) != no && !o.candidate(p) {
				t.Errorf("%s is recognised by what does not begin like it", p.name)
			}
		}
		a.feed(c)
		a.done()
	}
	var r Result
	a.describe(&r)
}

// seeds are conversations by the protocol they are recognised as: those of the tests, and the beginnings of some in our own
// captures and in the recordings where they are at hand.
func seeds(f *testing.F) map[string][]talk {
	f.Helper()
	once.Do(func() {
		for _, k := range fixtures(f) {
			byProtocol[k.protocol()] = append(byProtocol[k.protocol()], k)
		}
		for _, c := range talks {
			byProtocol[c.talk.protocol()] = append(byProtocol[c.talk.protocol()], c.talk)
		}
		for name, all := range recorded(f) {
			for i := range min(len(all), mostSeeds) {
				byProtocol[name] = append(byProtocol[name], all[i*len(all)/min(len(all), mostSeeds)])
			}
		}
	})
	return byProtocol
}

var (
	once       sync.Once
	byProtocol = map[string][]talk{}
)

// Bounds of the recorded seeds: per protocol in a capture, per protocol, and bytes of each.
const (
	mostAlike = 2
	mostSeeds = 24
	mostSaid  = 8 << 10
)

func (k talk) protocol() string { return k.play(0).Protocol }

// recorded are conversations in captures by protocol.
func recorded(f *testing.F) map[string][]talk {
	f.Helper()
	all := map[string][]talk{}
	for _, name := range parsertest.Captures(f) {
		alike := map[string]int{}
		for _, k := range conversations(f, name) {
			if name := k.protocol(); alike[name] < mostAlike {
				alike[name]++
				all[name] = append(all[name], k)
			}
		}
	}
	return all
}

// conversations reads the beginnings of the connections in a capture, packet by packet as they come.
func conversations(f *testing.F, name string) (all []talk) {
	f.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	r, err := capfile.Open(bytes.NewReader(raw), int64(len(raw)), func(evidence.Problem) {})
	if err != nil {
		return nil
	}
	at, size := map[string]int{}, map[int]int{}
	for _, frame := range framesOf(r) {
		p := gopacket.NewPacket(frame.Data, layers.LinkType(frame.LinkType), gopacket.DecodeOptions{Lazy: true, NoCopy: true})
		if p.NetworkLayer() == nil || p.TransportLayer() == nil || len(p.TransportLayer().LayerPayload()) == 0 {
			continue
		}
		over := evidence.Transport(strings.ToLower(p.TransportLayer().LayerType().String()))
		ends := []string{fmt.Sprint(p.NetworkLayer().NetworkFlow().Src(), p.TransportLayer().TransportFlow().Src()),
			fmt.Sprint(p.NetworkLayer().NetworkFlow().Dst(), p.TransportLayer().TransportFlow().Dst())}
		from := ends[0]
		slices.Sort(ends)
		key := fmt.Sprint(over, ends)
		n, known := at[key]
		if !known {
			n = len(all)
			at[key], all = n, append(all, talk{over: over})
		}
		text := string(p.TransportLayer().LayerPayload())
		if size[n] += len(text); size[n] > mostSaid {
			continue
		}
		side := Orig
		if from != ends[0] {
			side = Resp
		}
		all[n].said = append(all[n].said, said{side: side, text: text})
	}
	return all
}

func framesOf(r *capfile.Reader) (all []capfile.Frame) {
	for err := error(nil); err == nil; {
		var b capfile.Block
		err = r.Read(&b)
		all = append(all, b.Frames...)
	}
	return all
}

func (o *opening) candidate(p *protocol) bool {
	for i := range protocols {
		if &protocols[i] == p {
			return o.candidates()>>i&1 == 1
		}
	}
	return false
}
