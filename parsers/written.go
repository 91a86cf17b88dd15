package parsers

import (
	"math"
	"net/netip"
)

// Decimal is strconv.ParseUint for base 10 without an error to allocate: most of what is asked for is not there.
func Decimal(b []byte) (n uint64, ok bool) {
	for _, c := range b {
		digit := uint64(c - '0')
		if digit > 9 || n > (math.MaxUint64-digit)/10 {
			return 0, false
		}
		n = n*10 + digit
	}
	return n, len(b) > 0
}

// Address is netip.ParseAddr without a string to make for four numbers, which nearly all addresses are. What IPv6 only wraps
// is unwrapped.
func Address(b []byte) (netip.Addr, bool) {
	if a, ok := address4(b); ok {
		return a, true
	}
	a, err := netip.ParseAddr(string(b))
	return a.Unmap(), err == nil
}

// address4 reads four numbers below 256 with dots between them, without zeros before them.
func address4(b []byte) (netip.Addr, bool) {
	var a [4]byte
	field, digits := 0, 0
	for _, c := range b {
		n := uint(a[field])*10 + uint(c-'0')
		switch {
		case c == '.' && digits > 0 && field < len(a)-1:
			field, digits = field+1, 0
		case c-'0' > 9 || n > math.MaxUint8 || digits > 0 && a[field] == 0:
			return netip.Addr{}, false
		default:
			a[field] = byte(n)
			digits++
		}
	}
	return netip.AddrFrom4(a), field == len(a)-1 && digits > 0
}
