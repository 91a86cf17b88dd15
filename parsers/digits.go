package parsers

import "math"

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
