package service

// The record layer: https://www.rfc-editor.org/rfc/rfc8446#section-5, https://www.rfc-editor.org/rfc/rfc6101#appendix-E
// for hellos in the form of SSL 2.0.

const (
	tlsChangeCipher = 20
	tlsAlert        = 21
	tlsHandshake    = 22
	tlsData         = 23

	tlsHeader = 5
	// tlsMaxRecord is 2^14 bytes of text and 2048 of expansion, the most any version allows.
	tlsMaxRecord = 1<<14 + 2048

	clientHello    = 1
	serverHello    = 2
	tlsCertificate = 11
)

// matchTLS recognises hellos, and in the middle of a connection a record that is followed by another.
func matchTLS(o *opening) verdict {
	return max(sides(tlsClient, tlsServer)(o), tlsMiddle(o))
}

func tlsClient(b []byte, closed bool) verdict {
	if v := sslv2Hello(b); v != no {
		return v
	}
	return tlsHello(b, clientHello)
}

func tlsServer(b []byte, closed bool) verdict { return tlsHello(b, serverHello) }

// tlsHello recognises a handshake record that begins with the given message.
func tlsHello(b []byte, kind byte) verdict {
	size := tlsLength(b)
	if size < 0 || b[0] != tlsHandshake {
		return no
	}
	if len(b) > 5 && b[5] != kind {
		return no
	}
	if len(b) < 11 {
		return maybe
	}
	if b[6] != 0 || b[9] != 3 || b[10] > 4 {
		return no
	}
	return yes
}

// sslv2Hello recognises the client hello of SSL 2.0 whose lengths add up.
func sslv2Hello(b []byte) verdict {
	if b[0]&0x80 == 0 || len(b) > 2 && b[2] != clientHello {
		return no
	}
	if len(b) < 11 {
		return maybe
	}
	size, ciphers, id, challenge := int(b[0]&0x7f)<<8|int(b[1]), int(b[5])<<8|int(b[6]), int(b[7])<<8|int(b[8]), int(b[9])<<8|int(b[10])
	version := b[3] == 0 && b[4] == 2 || b[3] == 3 && b[4] <= 4
	if !version || ciphers == 0 || ciphers%3 != 0 || id != 0 && id != 16 || challenge < 16 || challenge > 32 || size != 9+ciphers+id+challenge {
		return no
	}
	return yes
}

// tlsMiddle recognises a whole record followed by the header of another, or by nothing more.
func tlsMiddle(o *opening) verdict {
	v := no
	for side := range o.head {
		v = max(v, o.ask(tlsRecords, Side(side)))
	}
	return v
}

func tlsRecords(b []byte, closed bool) verdict {
	for whole := 0; ; whole++ {
		size := tlsLength(b)
		switch {
		case len(b) == 0 && whole > 0 && closed:
			return yes
		case len(b) == 0:
			return maybe
		case size < 0:
			return no
		case size > 0 && whole > 0:
			return yes
		case size == 0 || size > len(b):
			return maybe
		}
		b = b[size:]
	}
}

// tlsLength is the length of the record at the beginning of b.
func tlsLength(b []byte) int {
	switch {
	case len(b) > 0 && (b[0] < tlsChangeCipher || b[0] > 24), len(b) > 1 && b[1] != 3, len(b) > 2 && b[2] > 4:
		return -1
	case len(b) < tlsHeader:
		return 0
	}
	n := int(b[3])<<8 | int(b[4])
	if n == 0 && b[0] != tlsData || n > tlsMaxRecord || b[0] == tlsChangeCipher && n != 1 {
		return -1
	}
	return tlsHeader + n
}
