package service

import (
	"encoding/binary"
	"fmt"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// DCE/RPC: https://pubs.opengroup.org/onlinepubs/9629399/chap12.htm,
// https://learn.microsoft.com/openspecs/windows_protocols/ms-rpce

const (
	rpcRequest  = 0
	rpcBind     = 11
	rpcBindAck  = 12
	rpcAlter    = 14
	rpcAlterAck = 15
	rpcAuth3    = 16
	rpcHeader   = 16
	rpcMaxType  = 19
	rpcKeep     = 4 << 10
	maxContexts = 32
)

// rpcFromClient are the packet types that only clients send.
var rpcFromClient = [rpcMaxType + 1]bool{rpcRequest: true, rpcBind: true, rpcAlter: true, 16: true, 18: true, 19: true}

// rpcLength is the length of the fragment at the beginning of b.
func rpcLength(b []byte) int {
	for i, ok := range [...]func(byte) bool{
		func(v byte) bool { return v == 5 },
		func(v byte) bool { return v <= 1 },
		func(v byte) bool { return v <= rpcMaxType },
		func(byte) bool { return true },
		func(v byte) bool { return v&0xef == 0 }, // integers little- or big-endian, characters ASCII
		func(v byte) bool { return v <= 3 },
		func(v byte) bool { return v == 0 },
		func(v byte) bool { return v == 0 },
	} {
		if i < len(b) && !ok(b[i]) {
			return -1
		}
	}
	if len(b) < rpcHeader {
		return 0
	}
	size, auth := int(rpcOrder(b).Uint16(b[8:])), int(rpcOrder(b).Uint16(b[10:]))
	if size < rpcHeader || auth >= size {
		return -1
	}
	return size
}

func rpcOrder(b []byte) binary.ByteOrder {
	if b[4]&0x10 != 0 {
		return binary.LittleEndian
	}
	return binary.BigEndian
}

func rpcSays(client bool) half {
	return func(b []byte, closed bool) verdict {
		size := rpcLength(b)
		switch {
		case size < 0, len(b) > 2 && rpcFromClient[b[2]] != client:
			return no
		case size == 0:
			return maybe
		}
		return yes
	}
}

// rpcReader lists the interfaces that binds name.
type rpcReader struct {
	sides [2]frames
	rpc   evidence.RPC
	logon logon
}

func openRPC(sc scene) analyzer {
	side := frames{length: rpcLength, keep: rpcKeep, pool: sc.pool}
	return &rpcReader{sides: [2]frames{side, side}}
}

func (r *rpcReader) feed(c Chunk) {
	r.sides[c.Side].feed(c, func(_ Chunk, u []byte, _ int) { r.fragment(u) })
}

// fragment reads a packet; it reports whether it is one.
func (r *rpcReader) fragment(b []byte) bool {
	if rpcLength(b) <= 0 {
		return false
	}
	switch b[2] {
	case rpcBind, rpcAlter:
		r.contexts(b)
		r.logon.token(b)
	case rpcBindAck, rpcAlterAck, rpcAuth3:
		r.logon.token(b)
	}
	return true
}

// contexts reads the presentation contexts of a bind: each names one interface and the encodings offered for it.
func (r *rpcReader) contexts(b []byte) {
	const first, abstract, transfer = 28, 4, 20
	if len(b) < first {
		return
	}
	at := first
	for range min(int(b[24]), maxContexts) {
		context := span(b, at, abstract+transfer)
		if context == nil {
			return
		}
		id := uuid(context[abstract:], rpcOrder(b))
		note(&r.rpc.Interfaces, id)
		if name := rpcInterfaces[id]; name != "" {
			note(&r.rpc.Endpoints, name)
		}
		at += abstract + transfer + transfer*int(context[2])
	}
}

// uuid writes an identifier of 16 bytes in lower case.
func uuid(b []byte, order binary.ByteOrder) string {
	return fmt.Sprintf("%08x-%04x-%04x-%x-%x", order.Uint32(b), order.Uint16(b[4:]), order.Uint16(b[6:]), b[8:10], b[10:16])
}

func (r *rpcReader) describe(to *Result) {
	found := r.rpc
	to.RPC = &found
	r.logon.describe(to)
}

func (r *rpcReader) done() bool { return false }
