package pcap

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// oneSided keeps what one end sent.
func oneSided(r *recording, from netip.AddrPort) *recording {
	one := record()
	src := from.Addr().As4()
	for _, f := range r.frames {
		if [4]byte(f.data[26:30]) == src {
			one.frames = append(one.frames, f)
		}
	}
	return one
}

// TestHalfDuplex: where a capture holds one direction only, acknowledgements tell how much the other sent. A FIN that was not
// captured looks like one byte more.
func TestHalfDuplex(t *testing.T) {
	whole := func() *recording { return record().exchange(client, server) }
	middle := func(r *recording) *recording { r.frames = r.frames[3 : len(r.frames)-3]; return r }
	for _, c := range []struct {
		name            string
		r               *recording
		state, history  string
		payload, missed evidence.Pair
		protocol        string
		known           bool
	}{
		{"what the client sent", oneSided(whole(), client), "SH", "SADgF", measured(q, a+1), measured(0, a+1), "http", true},
		{"what the server sent", oneSided(whole(), server), "SHR", "^haGdf", measured(q+1, a), measured(q+1, 0), "http", true},
		{"the middle of what the client sent", oneSided(middle(whole()), client), "OTH", "DAg", measured(q, a), measured(0, a), "http", true},
		{"the middle of what the server sent", oneSided(middle(whole()), server), "OTH", "^ad", measured(0, a), measured(0, 0), "http", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.r.only(t)
			if got.State != c.state || got.History != c.history {
				t.Errorf("state %s history %s, want %s %s", got.State, got.History, c.state, c.history)
			}
			if got.Volume.Payload != c.payload || got.Volume.Missed != c.missed {
				t.Errorf("payload %+v missed %+v, want %+v %+v", got.Volume.Payload, got.Volume.Missed, c.payload, c.missed)
			}
			if got.Protocol != c.protocol || got.Orig != client || got.OrigKnown != c.known {
				t.Errorf("protocol %q originator %v known %v", got.Protocol, got.Orig, got.OrigKnown)
			}
		})
	}
}

// TestKeepAlive: a probe repeats the last sequence number, with a byte of garbage or none, and moves nothing.
func TestKeepAlive(t *testing.T) {
	const i, j = 1000, 9000
	probes := func(r *recording, at, ack uint32, garbage string) *recording {
		for range 3 {
			r.wait(time.Minute).tcp(client, server, ".", at-1, ack, garbage).tcp(server, client, ".", ack, at, "")
		}
		return r
	}
	open := func() *recording {
		return record().tcp(client, server, "S", i, 0, "").tcp(server, client, "S.", j, i+1, "").tcp(client, server, ".", i+1, j+1, "")
	}
	said := func() *recording {
		return open().tcp(client, server, ".", i+1, j+1, request).tcp(server, client, ".", j+1, i+1+uint32(q), "")
	}
	end := i + 1 + uint32(q)
	for _, garbage := range []string{"", "\x00"} {
		extra := 3 * uint64(len(garbage))
		for _, c := range []struct {
			name    string
			r       *recording
			payload evidence.Pair
			seen    uint64
		}{
			{"nothing said yet", probes(open(), i+1, j+1, garbage), measured(0, 0), extra},
			{"after a request", probes(said(), end, j+1, garbage), measured(q, 0), q + extra},
			{"before a request", probes(open(), i+1, j+1, garbage).tcp(client, server, ".", i+1, j+1, request), measured(q, 0), q + extra},
			{"all that the capture holds", probes(record(), i+1, j+1, garbage), measured(0, 0), extra},
			{"where the capture begins", probes(record(), i+1, j+1, garbage).tcp(client, server, ".", i+1, j+1, request).tcp(server, client, ".", j+1, end, ""), measured(q, 0), q + extra},
		} {
			t.Run(c.name+" "+strings.Repeat("with garbage", len(garbage)), func(t *testing.T) {
				got := c.r.only(t)
				if got.Volume.Payload != c.payload || got.Volume.Seen.Orig.N != c.seen || got.Volume.Missed != measured(0, 0) {
					t.Errorf("payload %+v seen %+v missed %+v, want %+v %d", got.Volume.Payload, got.Volume.Seen, got.Volume.Missed, c.payload, c.seen)
				}
				if said := c.payload.Orig.N > 0; said && (got.HTTP == nil || got.HTTP.Requests != 1) {
					t.Errorf("protocol %q http %+v", got.Protocol, got.HTTP)
				}
			})
		}
	}
}

// TestWrapOutOfOrder sends a request whose sequence numbers wrap in the middle, its end before its beginning.
func TestWrapOutOfOrder(t *testing.T) {
	half := uint32(q / 2)
	first := -half // sequence number 0 lies in the middle
	for name, r := range map[string]*recording{
		"from the handshake": record().tcp(client, server, "S", first-1, 0, "").tcp(server, client, "S.", 7, first, "").
			tcp(client, server, ".", 0, 8, request[half:]).tcp(client, server, ".", first, 8, request[:half]),
		"mid-stream": record().tcp(client, server, ".", first, 8, "").
			tcp(client, server, ".", 0, 8, request[half:]).tcp(client, server, ".", first, 8, request[:half]),
		"mid-stream, the end first": record().tcp(client, server, ".", 0, 8, request[half:]).tcp(client, server, ".", first, 8, request[:half]),
	} {
		t.Run(name, func(t *testing.T) {
			got := r.tcp(server, client, ".", 8, uint32(q)-half, "").only(t)
			if got.Volume.Payload != measured(q, 0) || got.Volume.Missed != measured(0, 0) {
				t.Errorf("payload %+v missed %+v", got.Volume.Payload, got.Volume.Missed)
			}
		})
	}
}

// TestPushedByte: a single byte that is pushed is data, where the capture begins as anywhere.
func TestPushedByte(t *testing.T) {
	got := record().tcp(client, server, ".P", 1, 1, "l").tcp(server, client, ".", 1, 2, "").tcp(client, server, ".P", 2, 1, "s").only(t)
	if got.Volume.Payload != measured(2, 0) || got.Volume.Missed != measured(0, 0) {
		t.Errorf("payload %+v", got.Volume.Payload)
	}
}

// TestOldAnswer: where a capture begins with what may be a probe, only the first answer tells. One that comes late, after others
// have acknowledged what was not captured, takes nothing back.
func TestOldAnswer(t *testing.T) {
	r := record().tcp(client, server, ".", 1, 1, "")
	for range patience + 1 {
		r.tcp(server, client, ".", 1, 1001, "")
	}
	got := r.tcp(server, client, ".", 1, 2, "").only(t)
	if got.Volume.Payload != measured(1000, 0) || got.Volume.Missed != measured(1000, 0) {
		t.Errorf("payload %+v missed %+v", got.Volume.Payload, got.Volume.Missed)
	}
}
