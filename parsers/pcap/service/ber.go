package service

// BER with definite lengths, as LDAP, Kerberos and SNMP use it: https://www.itu.int/rec/T-REC-X.690
// The encoders in the field write lengths longer than need be, which DER readers refuse.

// berHead reads tag and length at the beginning of b: the sizes of header and body. n is 0 when b is too short to tell
// and negative when no element begins like this.
func berHead(b []byte) (head, body int) {
	if len(b) < 2 {
		return 0, 0
	}
	if b[0]&0x1f == 0x1f {
		return -1, 0
	}
	if b[1] < 0x80 {
		return 2, int(b[1])
	}
	n := int(b[1] & 0x7f)
	if n == 0 || n > 4 {
		return -1, 0
	}
	if len(b) < 2+n {
		return 0, 0
	}
	for _, d := range b[2 : 2+n] {
		body = body<<8 | int(d)
	}
	if body > 1<<28 {
		return -1, 0
	}
	return 2 + n, body
}

// berLength is berHead for frames.
func berLength(b []byte) int {
	head, body := berHead(b)
	if head <= 0 {
		return head
	}
	return head + body
}

// berNext takes the element at the beginning of b. One that is not wholly there is given as far as it goes.
func berNext(b []byte) (tag byte, body, rest []byte, ok bool) {
	head, size := berHead(b)
	if head <= 0 {
		return 0, nil, nil, false
	}
	end := min(head+size, len(b))
	return b[0], b[head:end], b[end:], true
}

// berInside steps into an element of the given tag.
func berInside(b []byte, tag byte) ([]byte, bool) {
	got, body, _, ok := berNext(b)
	return body, ok && got == tag
}

// berField is the body of the first element of the given tag among those of a sequence, nil when there is none.
func berField(b []byte, tag byte) []byte {
	for range maxFields {
		got, body, rest, ok := berNext(b)
		if !ok || got == tag {
			return body
		}
		b = rest
	}
	return nil
}

// maxFields is above what any sequence read here has.
const maxFields = 32
