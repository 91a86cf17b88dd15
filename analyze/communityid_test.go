package analyze

import (
	"net/netip"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// The values are those of the specification's own examples.
func TestCommunityID(t *testing.T) {
	for _, tt := range []struct {
		transport evidence.Transport
		a, b      string
		want      string
	}{
		{evidence.TCP, "128.232.110.120:34855", "66.35.250.204:80", "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{evidence.TCP, "66.35.250.204:80", "128.232.110.120:34855", "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{evidence.UDP, "192.168.1.52:54585", "8.8.8.8:53", "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
		{evidence.ICMP, "192.168.1.52:0", "8.8.8.8:0", ""},
	} {
		if got := communityID(tt.transport, netip.MustParseAddrPort(tt.a), netip.MustParseAddrPort(tt.b)); got != tt.want {
			t.Errorf("%s %s %s: %q, want %q", tt.transport, tt.a, tt.b, got, tt.want)
		}
	}
}
