package parsers

import (
	"net/netip"
	"strconv"
	"testing"
)

var written = []string{"", "0", "7", "007", "42", "+1", "-1", "1.0", "18446744073709551615", "18446744073709551616", "99999999999999999999", "١",
	"192.0.2.1", "0.0.0.0", "255.255.255.255", "256.0.0.1", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.04", "1.2.3.4 ",
	"1.2.3.4:80", "1.2.3.x", "00.0.0.0", "10.0.0.09", "2001:0db8:0000:0000:0000:0000:0000:0007", "::1", "fe80::1%eth0", "::ffff:192.0.2.1", "2001:db8::g", "1.2.3.300", "1.2.3.2560"}

// What is read without the standard library is what that reads.
func sameAsStandard(t *testing.T, s string) {
	t.Helper()
	n, err := strconv.ParseUint(s, 10, 64)
	if got, ok := Decimal([]byte(s)); ok != (err == nil) || ok && got != n {
		t.Errorf("%q is the number %d, %v", s, got, ok)
	}
	a, err := netip.ParseAddr(s)
	if got, ok := Address([]byte(s)); ok != (err == nil) || got != a.Unmap() {
		t.Errorf("%q is the address %v, %v", s, got, ok)
	}
}

func TestWritten(t *testing.T) {
	for _, s := range written {
		sameAsStandard(t, s)
	}
}

func FuzzWritten(f *testing.F) {
	for _, s := range written {
		f.Add(s)
	}
	f.Fuzz(sameAsStandard)
}
