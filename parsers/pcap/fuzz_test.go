package pcap

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// FuzzFlows: whatever a capture holds, nothing panics, memory stays bounded, and the counts agree with each other.
func FuzzFlows(f *testing.F) {
	for _, b := range parsertest.Beginnings(f, 4<<10) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > parsertest.MaxFuzz {
			t.Skip("larger than the bound speaks of")
		}
		var got evidence.Batch
		parsertest.Bounded(t, func() {
			in := &parsers.Input{Name: "fuzz", Size: int64(len(data)), ReaderAt: bytes.NewReader(data)}
			if Format.Parse(t.Context(), in, &got) != nil {
				return
			}
		})
		agrees(t, got.Conns)
		for _, p := range got.Problems.First {
			if p.Kind == evidence.Defect {
				t.Error(p)
			}
		}
	})
}

// agrees checks what must hold of any connection.
func agrees(t *testing.T, conns []evidence.Conn) {
	t.Helper()
	for _, c := range conns {
		v := c.Volume
		for _, side := range []struct{ payload, seen, ip, missed, cut evidence.Count }{
			{v.Payload.Orig, v.Seen.Orig, v.IP.Orig, v.Missed.Orig, v.Cut.Orig},
			{v.Payload.Resp, v.Seen.Resp, v.IP.Resp, v.Missed.Resp, v.Cut.Resp},
		} {
			if side.missed.N > side.payload.N || side.seen.N > side.ip.N || side.cut.N > side.seen.N {
				t.Errorf("%v > %v: %+v", c.Orig, c.Resp, v)
			}
		}
		if c.End.Before(c.Start) || len(c.Series) > evidence.MaxSeries {
			t.Errorf("from %v to %v in %d bursts", c.Start, c.End, len(c.Series))
		}
	}
}

// FuzzReassembly takes eight bytes as a packet of one connection, or as a fragment of one of four datagrams, anywhere in
// their streams.
func FuzzReassembly(f *testing.F) {
	syn, synAck, data, fin := []byte{2, 0, 0, 0, 0, 0, 0, 0}, []byte{0x32, 0, 0, 0, 1, 0, 0, 0}, []byte{0x10, 0, 1, 0, 1, 9, 0, 0}, []byte{0x11, 0, 73, 0, 1, 0, 0, 0}
	late, wild, jump := []byte{0x10, 1, 0, 0, 1, 200, 0, 0}, []byte{0x10, 0x7f, 0, 0x7f, 0, 200, 0, 3}, []byte{0x90, 0, 1, 0, 1, 9, 0, 0}
	f.Add(bytes.Join([][]byte{syn, synAck, data, fin}, nil))
	f.Add(bytes.Join([][]byte{late, data, synAck, wild, wild, data, late, jump, syn}, nil))
	f.Add(bytes.Join([][]byte{{0x40, 0, 1, 0, 1, 10, 0, 0}, {0x40, 10, 0, 0, 1, 10, 0, 0}, {0x40, 5, 1, 0, 2, 10, 5, 0}, {0xc0, 0, 1, 0, 1, 4, 0, 0}}, nil))
	f.Fuzz(func(t *testing.T, ops []byte) {
		if len(ops) > parsertest.MaxFuzz {
			t.Skip("larger than the bound speaks of")
		}
		tr := follow(maxLive)
		parsertest.Bounded(t, func() {
			frame := capfile.Frame{Time: epoch}
			for ; len(ops) >= 8; ops = ops[8:] {
				frame.Number++
				frame.Time = frame.Time.Add(time.Millisecond)
				if ops[0]&0x80 != 0 {
					frame.Time = frame.Time.Add(time.Hour)
				}
				tr.frame(&frame, &contents{packets: []packet{packetOf([8]byte(ops))}})
			}
			tr.end()
		})
		if tr.budget != maxBuffered || tr.places != maxPending || tr.held.bytes != 0 || len(tr.held.known) != 0 {
			t.Errorf("%d of %d bytes and %d of %d segments free, %d held of %d datagrams", tr.budget, maxBuffered, tr.places, maxPending, tr.held.bytes, len(tr.held.known))
		}
		agrees(t, tr.got.Conns)
	})
}

// content is what the packets of FuzzReassembly carry.
var content = bytes.Repeat([]byte(request+response), 32)

// packetOf reads flags, side, kind, place, acknowledgement, length, cut and scale from eight bytes.
func packetOf(op [8]byte) packet {
	wire := int(op[5]) * 8
	carried := span{content[:max(wire-int(op[6]), 0)], wire}
	p := packet{src: mapped(client.Addr().AsSlice()), dst: mapped(server.Addr().AsSlice()), sport: client.Port(), dport: server.Port()}
	if op[0]&0x20 != 0 {
		p.src, p.dst, p.sport, p.dport = p.dst, p.src, p.dport, p.sport
	}
	p.proto, p.payload = protoTCP, carried
	if op[0]&0x40 != 0 {
		p.proto, p.ipLen = protoUDP, 20+wire
		p.frag.set(uint32(op[4]&3), int(op[1])*8, op[2]&1 != 0)
		p.frag.proto, p.frag.data = protoUDP, carried
		p.seal()
		return p
	}
	scale := uint32(1) << (op[7] & 15)
	p.seal()
	p.ipLen, p.flags, p.window = 40+wire, op[0]&0x1f, 1000
	p.seq = uint32(int32(int16(binary.BigEndian.Uint16(op[1:])))) * scale
	p.ack = uint32(int32(int16(binary.BigEndian.Uint16(op[3:])))) * scale
	return p
}
