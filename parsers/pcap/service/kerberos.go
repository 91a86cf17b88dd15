package service

import (
	"encoding/binary"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Kerberos 5: https://www.rfc-editor.org/rfc/rfc4120#section-5.4, over TCP behind a length (section 7.2.2).

// kerberosTags are the application tags of the messages. Requests to the KDC number their fields from 1, the others
// from 0.
var kerberosTags = map[byte]struct{ client, request bool }{
	0x6a: {true, true},   // AS-REQ
	0x6b: {false, false}, // AS-REP
	0x6c: {true, true},   // TGS-REQ
	0x6d: {false, false}, // TGS-REP
	0x6e: {true, false},  // AP-REQ
	0x6f: {false, false}, // AP-REP
	0x7e: {false, false}, // KRB-ERROR
}

// kerberosHead is enough of a message to recognise it.
const kerberosHead = 20

// kerberosMessage recognises a message sent by the client or by the server.
func kerberosMessage(b []byte, client bool) verdict {
	if len(b) == 0 {
		return maybe
	}
	kind, known := kerberosTags[b[0]]
	if !known || kind.client != client {
		return no
	}
	if len(b) < kerberosHead {
		return maybe
	}
	version := byte(0xa0)
	if kind.request {
		version = 0xa1
	}
	_, body, _, _ := berNext(b)
	sequence, ok := berInside(body, 0x30)
	if !ok || len(sequence) < 5 || string(sequence[:5]) != string([]byte{version, 3, 2, 1, 5}) {
		return no
	}
	return yes
}

func matchKerberosDatagram(c Chunk, _ *opening) verdict {
	if len(c.Data) >= kerberosHead && (berLength(c.Data) == len(c.Data) || c.Cut > 0) {
		if kerberosMessage(c.Data, true) == yes {
			return asks(c.Side)
		}
		if kerberosMessage(c.Data, false) == yes {
			return asks(c.Side.other())
		}
	}
	return no
}

func kerberosStream(client bool) half {
	return func(b []byte, closed bool) verdict {
		switch {
		case b[0] != 0: // no ticket needs 16 MiB
			return no
		case len(b) <= 4:
			return maybe
		}
		v := kerberosMessage(b[4:], client)
		if v == yes && int(binary.BigEndian.Uint32(b)) != berLength(b[4:]) {
			return no
		}
		return v
	}
}

// kerberosKeep is more than a ticket with a long list of groups takes.
const kerberosKeep = 64 << 10

// kerberosReader lists the principals.
type kerberosReader struct {
	streams *[2]frames
	names   evidence.Kerberos
}

func openKerberos(sc scene) analyzer {
	k := &kerberosReader{}
	if sc.transport != evidence.UDP {
		side := frames{length: lengthBefore32, keep: kerberosKeep, pool: sc.pool}
		k.streams = &[2]frames{side, side}
	}
	return k
}

// lengthBefore32 is the length of a unit that says its own in four bytes before it.
func lengthBefore32(b []byte) int {
	if len(b) < 4 {
		return 0
	}
	return 4 + int(binary.BigEndian.Uint32(b)&0x7fffffff)
}

func (k *kerberosReader) feed(c Chunk) {
	if k.streams == nil {
		readKerberos(c.Data, &k.names)
		return
	}
	k.streams[c.Side].feed(c, func(_ Chunk, u []byte, _ int) { readKerberos(u[min(4, len(u)):], &k.names) })
}

func (k *kerberosReader) describe(r *Result) {
	found := k.names
	r.Kerberos = &found
}

func (k *kerberosReader) done() bool { return false }
