package analyze

import (
	"net/netip"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// The first value is an example of the specification, the UDP one was computed by a program written from its text.
func TestCommunityID(t *testing.T) {
	for _, tt := range []struct {
		transport evidence.Transport
		a, b      string
		want      string
	}{
		{evidence.TCP, "128.232.110.120:34855", "66.35.250.204:80", "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{evidence.TCP, "66.35.250.204:80", "128.232.110.120:34855", "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{evidence.UDP, "10.1.0.7:54585", "203.0.113.53:53", "1:jRIX/MbrbxGLmXyrl5xn9q7olUE="},
		{evidence.ICMP, "10.1.0.7:0", "203.0.113.53:0", ""},
	} {
		if got := communityID(tt.transport, netip.MustParseAddrPort(tt.a), netip.MustParseAddrPort(tt.b)); got != tt.want {
			t.Errorf("%s %s %s: %q, want %q", tt.transport, tt.a, tt.b, got, tt.want)
		}
	}
}
