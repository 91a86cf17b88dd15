package pcap

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// tunnelPorts are left alone: without them a tunnel is not entered.
var tunnelPorts = []uint16{portGTP, portTeredo, portVXLAN, portVXLANGPE, portVXLANOld, portGeneve}

// odd moves server ports to where no server listens and leaves the others.
func odd(port uint16) uint16 {
	if !servesAt(port) || slices.Contains(tunnelPorts, port) {
		return port
	}
	return 20011 + port%9973
}

// TestPortsDoNotDecide gives every server of the recordings another port: protocols come from content, so each connection
// must be called what it was called before.
func TestPortsDoNotDecide(t *testing.T) {
	root := parsertest.Corpus(t)
	files, err := filepath.Glob(filepath.Join(root, "truth", "pcap__*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var same score
	for _, name := range files {
		var want truth
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		for _, in := range want.Inputs.Pcap {
			capture := in.read(t, root)
			before, after := parseBytes(t, capture).Conns, parseBytes(t, rewritePorts(t, capture, odd)).Conns
			swapped := map[uint64]evidence.Conn{}
			for _, c := range after {
				swapped[c.Ref.N] = c
			}
			for _, c := range before {
				if c.Protocol == "" || c.Carries || !c.Tunnel.IsZero() {
					continue
				}
				now := swapped[c.Ref.N]
				ok := now.Protocol == c.Protocol && slices.Equal(now.Inner, c.Inner)
				same.add(ok)
				if !ok {
					t.Errorf("%s frame %d: %s %v on %v, %s %v on %v", want.Case, c.Ref.N, c.Protocol, c.Inner, c.Resp, now.Protocol, now.Inner, now.Resp)
				}
			}
		}
	}
	t.Logf("protocol the same on another port: %v", same)
}
