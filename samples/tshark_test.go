package samples_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"
)

// faults is what a wire would not do: wrong checksums, sequence numbers that do not fit, messages that cannot be read.
const faults = "ip.checksum.status==0 || tcp.checksum.status==0 || udp.checksum.status==0 || tcp.analysis.flags || _ws.malformed"

// TestShark lets tshark look for faults in every capture. TLS on the port of DNS is what only-port is about.
func TestShark(t *testing.T) {
	shark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed: captures are not held against it")
	}
	captures, err := filepath.Glob("*/*.pcap*")
	if err != nil || len(captures) == 0 {
		t.Fatalf("%d captures, %v", len(captures), err)
	}
	for _, name := range captures {
		out, err := exec.Command(shark, "-r", name, "-d", "tcp.port==53,tls", "-o", "ip.check_checksum:TRUE",
			"-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-Y", faults).Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if n := bytes.Count(out, []byte("\n")); n > 0 {
			t.Errorf("%s: %d frames with faults:\n%s", name, n, out[:min(len(out), 2000)])
		}
	}
}
