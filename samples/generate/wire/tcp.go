package wire

import (
	"encoding/binary"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/transcript"
)

// A Path is the way between client and server as the sensor, which sits near the client, sees it.
type Path struct {
	RTT time.Duration
	// Rate is in bytes per second.
	Rate int
	// Segment is the largest TCP payload of a frame: 1460 on a wire, more on a host whose network card does the
	// segmentation.
	Segment int
}

// A Flow is one connection to be put on the wire.
type Flow struct {
	Client, Server End
	Path           Path
	Start          time.Time
	// Pause is how long the client waits before it speaks for the n-th time (from 0); nil for not at all.
	Pause func(n int) time.Duration
	// Seed makes sequence numbers and IP identifiers differ between flows.
	Seed uint32
}

// TCP flags.
const (
	fin = 0x01
	syn = 0x02
	psh = 0x08
	ack = 0x10
)

// tcpSide is the state of one end.
type tcpSide struct {
	End
	next uint32 // next sequence number
	id   uint16 // IP identification
	// delay is how long what this side sends takes to reach the sensor after what it answers passed there.
	delay time.Duration
}

// tcp plays one connection.
type tcp struct {
	Flow
	emit           func(Packet)
	client, server tcpSide
	now            time.Time
}

// TCP hands the packets of a connection to emit, not in order of time, and returns when the connection was over.
func (f Flow) TCP(c transcript.Conversation, emit func(Packet)) time.Time {
	const processing = 300 * time.Microsecond
	t := &tcp{Flow: f, emit: emit, now: f.Start,
		client: tcpSide{End: f.Client, next: f.Seed * 2654435761, id: uint16(f.Seed * 40503), delay: processing},
		server: tcpSide{End: f.Server, next: f.Seed*2246822519 + 7, id: uint16(f.Seed * 30323), delay: f.Path.RTT + processing}}
	t.open()
	spoken := 0
	for _, turn := range c.Turns {
		from, to := &t.client, &t.server
		if !turn.FromClient {
			from, to = to, from
		}
		if turn.FromClient {
			if f.Pause != nil {
				t.now = t.now.Add(f.Pause(spoken))
			}
			spoken++
		}
		t.turn(from, to, turn)
	}
	t.close()
	return t.now
}

func (t *tcp) open() {
	t.control(&t.client, &t.server, syn)
	t.now = t.now.Add(t.server.delay)
	t.control(&t.server, &t.client, syn|ack)
	t.now = t.now.Add(t.client.delay)
	t.control(&t.client, &t.server, ack)
}

func (t *tcp) close() {
	t.now = t.now.Add(t.client.delay)
	t.control(&t.client, &t.server, fin|ack)
	t.now = t.now.Add(t.server.delay)
	t.control(&t.server, &t.client, fin|ack)
	t.now = t.now.Add(t.client.delay)
	t.control(&t.client, &t.server, ack)
}

func (t *tcp) control(from, to *tcpSide, flags byte) {
	t.send(t.now, from, to, flags, payload{})
	if flags&(syn|fin) != 0 {
		from.next++
	}
}

// turn sends what one side says in segments, of which the other acknowledges every second one.
func (t *tcp) turn(from, to *tcpSide, turn transcript.Turn) {
	t.now = t.now.Add(from.delay)
	for sent, n := 0, 0; sent < turn.Size; n++ {
		size := min(t.Path.Segment, turn.Size-sent)
		p := payload{size: size, data: known(turn.Data, sent, size)}
		sent += size
		flags := byte(ack)
		if sent == turn.Size {
			flags |= psh
		}
		t.send(t.now, from, to, flags, p)
		from.next += uint32(size)
		if n%2 == 1 || sent == turn.Size {
			t.send(t.now.Add(to.delay), to, from, ack, payload{})
		}
		t.now = t.now.Add(time.Duration(size) * time.Second / time.Duration(t.Path.Rate))
	}
	t.now = t.now.Add(to.delay)
}

// known returns the part of the known bytes that lies in a segment.
func known(data []byte, from, size int) []byte {
	if from >= len(data) {
		return nil
	}
	return data[from:min(len(data), from+size)]
}

func (t *tcp) send(at time.Time, from, to *tcpSide, flags byte, p payload) {
	h := make([]byte, 20, 32)
	binary.BigEndian.PutUint16(h, from.Addr.Port())
	binary.BigEndian.PutUint16(h[2:], to.Addr.Port())
	binary.BigEndian.PutUint32(h[4:], from.next)
	if flags&ack != 0 {
		binary.BigEndian.PutUint32(h[8:], to.next)
	}
	if flags&syn != 0 {
		h = append(h, 2, 4, 0x05, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2) // MSS 1460, window scale 8, SACK
	}
	h[12], h[13] = byte(len(h)/4)<<4, flags
	binary.BigEndian.PutUint16(h[14:], 0x2000)
	from.id++
	packet := frame(from.End, to.End, protoTCP, from.id, h, p)
	packet.At = at
	t.emit(packet)
}
