package wire

import (
	"encoding/binary"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/transcript"
)

// UDP hands the datagrams of a conversation to emit and returns when the last one passed. An answer comes one round
// trip after what it answers; datagrams that follow each other in one direction are 2 ms apart.
func (f Flow) UDP(c transcript.Conversation, emit func(Packet)) time.Time {
	const gap = 2 * time.Millisecond
	now, id, spoken := f.Start, uint16(f.Seed*40503), 0
	for i, turn := range c.Turns {
		from, to := f.Client, f.Server
		if !turn.FromClient {
			from, to = to, from
		}
		switch {
		case i > 0 && !turn.FromClient && c.Turns[i-1].FromClient:
			now = now.Add(f.Path.RTT)
		case i > 0:
			now = now.Add(gap)
		}
		if turn.FromClient {
			if f.Pause != nil {
				now = now.Add(f.Pause(spoken))
			}
			spoken++
		}
		id++
		packet := frame(from, to, protoUDP, id, udpHeader(from, to, turn.Size), payload{data: turn.Data, size: turn.Size})
		packet.At = now
		emit(packet)
	}
	return now
}

func udpHeader(from, to End, size int) []byte {
	h := make([]byte, 8)
	binary.BigEndian.PutUint16(h, from.Addr.Port())
	binary.BigEndian.PutUint16(h[2:], to.Addr.Port())
	binary.BigEndian.PutUint16(h[4:], uint16(8+size))
	return h
}
