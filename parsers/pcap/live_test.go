package pcap

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/pcap/capfile"
)

// A following is a tracker and its listener in the middle of a recording.
type following struct {
	*tracker
	*listener
	got evidence.Batch
	d   decoder
	n   uint64
}

func follow(most int) *following {
	f := &following{}
	f.tracker, f.listener = newTracker("test", newSurvey(f.got.Problem)), newListener("test")
	f.live.max = most
	return f
}

func (f *following) see(t *testing.T, r *recording) {
	t.Helper()
	for _, w := range r.frames {
		f.n++
		frame := capfile.Frame{Number: f.n, Time: w.at, LinkType: r.link, CapLen: len(w.data), OrigLen: w.orig, Data: w.data}
		if f.d.decode(&frame, f.d.packets); f.d.err != nil {
			t.Fatal(f.d.err)
		}
		f.frame(&frame, &f.d.contents)
		f.told()
	}
}

func (f *following) end() {
	f.giveUp()
	f.told()
	f.endAll(f.told)
	f.tracker.finish()
	f.listener.finish(f.survey)
	f.survey.finish()
}

// told has what was said heard, states what ended, and takes its memory back.
func (f *following) told() bool {
	var s stretch
	f.handOver(&s)
	f.hear(&s)
	s.tell(f.got.Problem, &f.got, new(leases))
	f.handOver(&s)
	return true
}

// passing is the given time filled with datagrams of others, one every half minute at least.
func passing(at time.Time, d time.Duration) *recording {
	r := record()
	r.at = at
	a, b := netip.MustParseAddrPort("203.0.113.1:5000"), netip.MustParseAddrPort("203.0.113.2:5001")
	steps := max(2*block, int(d/(30*time.Second)))
	for range steps {
		r.wait(d/time.Duration(steps)-time.Millisecond).udp(a, b, "x")
	}
	return r
}

// TestOverConnectionsLeave: what a later packet cannot belong to is stated before the capture ends, and nothing else is.
func TestOverConnectionsLeave(t *testing.T) {
	half := record()
	half.frames = record().exchange(client, server).frames[:5]
	for _, c := range []struct {
		name  string
		sent  *recording
		after time.Duration
		over  bool
	}{
		{"a datagram", record().udp(client, server, "q"), datagramSilence - time.Second, false},
		{"a datagram, longer ago", record().udp(client, server, "q"), 3 * datagramSilence, true},
		{"closed", record().exchange(client, server), closedSilence - time.Second, false},
		{"closed, longer ago", record().exchange(client, server), 3 * closedSilence, true},
		{"open", half, 24 * time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := follow(maxLive)
			f.see(t, c.sent)
			f.see(t, passing(c.sent.at, c.after))
			if over := len(f.got.Conns) == 1; over != c.over || f.live.n != 2-len(f.got.Conns) || f.flows.n != f.live.n {
				t.Errorf("%d stated, %d and %d followed", len(f.got.Conns), f.live.n, f.flows.n)
			}
			if f.end(); len(f.got.Conns) != 2 || f.live.n != 0 || f.budget != maxBuffered {
				t.Errorf("%d stated, %d followed at the end", len(f.got.Conns), f.live.n)
			}
		})
	}
}

// TestOneClockEndsNothing: a frame from the future does not end the connections of the present.
func TestOneClockEndsNothing(t *testing.T) {
	f := follow(maxLive)
	f.see(t, record().udp(client, server, "q"))
	r := passing(epoch, 10*time.Second)
	r.frames[block].at = epoch.AddDate(10, 0, 0)
	f.see(t, r)
	late := record().wait(11*time.Second).udp(server, client, "a")
	f.see(t, late)
	f.end()
	for _, c := range f.got.Conns {
		if c.Orig == client && c.Volume.Packets != measured(1, 1) {
			t.Errorf("got %+v", c)
		}
	}
}

// TestFragmentsKeepTheirConnection: a datagram that is held keeps its connection from being stated without it.
func TestFragmentsKeepTheirConnection(t *testing.T) {
	pieces := cutUp(record().udp(client, server, strings.Repeat("f", 2000)).frames[0].data, 1000, 0)
	f := follow(maxLive)
	f.see(t, record().raw(pieces[0]))
	f.see(t, passing(epoch, 10*time.Minute))
	if len(f.got.Conns) != 0 {
		t.Fatalf("stated early: %+v", f.got.Conns)
	}
	f.end()
	if c := f.got.Conns[0]; len(f.got.Conns) != 2 || c.Volume.Packets != measured(1, 0) || !c.Content {
		t.Errorf("%d connections, the first %+v", len(f.got.Conns), c)
	}
}

// TestNothingFollows: a connection whose fragments are waited for is stated even if all others, one of the same ends too, were over long before the end.
func TestNothingFollows(t *testing.T) {
	r := record().raw(cutUp(record().udp(client, server, strings.Repeat("f", 2000)).frames[0].data, 1000, 0)[0])
	r.wait(2*datagramSilence).udp(client, server, "another")
	for range 3 * block {
		r.wait(time.Second).raw(append(make([]byte, 12), 8, 6, 0, 1)) // ARP
	}
	if c := parseBytes(t, r.pcap()).Conns; len(c) != 2 || c[0].Volume.Packets != measured(1, 0) {
		t.Errorf("stated: %+v", c)
	}
}

// TestLiveConnectionsAreBounded: beyond the bound those silent longest are given up, and counted where they were open.
func TestLiveConnectionsAreBounded(t *testing.T) {
	const most, all = 8, 20
	f := follow(most)
	busy := record().tcp(client, server, ".", 1, 1, "")
	busy.frames = slices.Repeat(busy.frames, block)
	for i := range all {
		c := netip.AddrPortFrom(client.Addr(), uint16(40000+i))
		r := record().tcp(c, server, "S", 1, 0, "")
		if i%2 == 1 {
			r.tcp(server, c, "R.", 0, 2, "")
		}
		f.see(t, r)
		f.see(t, busy)
		if f.live.n > most || f.flows.n > most {
			t.Fatalf("%d followed", f.live.n)
		}
	}
	if f.end(); len(f.got.Conns) != all+1 {
		t.Errorf("%d connections stated", len(f.got.Conns))
	}
	if p := f.got.Problems.First; len(p) != 1 || p[0].Kind != evidence.Suspect || p[0].Ref.N != 1 || !strings.HasPrefix(p[0].Err.Error(), "7 connections") {
		t.Errorf("problems %v", p)
	}
}

// TestOpeningsAreBounded: beyond the bound what is kept of connections that may still be recognised is let go of, and counted.
func TestOpeningsAreBounded(t *testing.T) {
	const all, each = 50, 1400
	f := follow(maxLive)
	f.openings.max = 10 * each
	for i := range all {
		c := netip.AddrPortFrom(client.Addr(), uint16(40000+i))
		f.see(t, record().tcp(c, server, ".", 1, 1, strings.Repeat("\xc2\x81", each/2)))
		if f.openings.bytes > f.openings.max {
			t.Fatalf("%d bytes kept", f.openings.bytes)
		}
	}
	late := record().tcp(netip.AddrPortFrom(client.Addr(), 41000), server, ".", 1, 1, request)
	f.see(t, late)
	if f.end(); len(f.got.Conns) != all+1 || f.openings.bytes != 0 || f.got.Conns[all].Protocol != "http" {
		t.Errorf("%d connections stated, %d bytes kept", len(f.got.Conns), f.openings.bytes)
	}
	if p := f.got.Problems.First; len(p) != 1 || p[0].Kind != evidence.Suspect || !f.got.Conns[0].Content {
		t.Errorf("problems %v", p)
	}
}

// TestWaitingIsBounded: content that finds no room to wait for what comes before it is missing to the protocol, and that is said.
func TestWaitingIsBounded(t *testing.T) {
	for _, room := range []int{maxBuffered, 4} {
		f := follow(maxLive)
		f.budget = room
		first, later := request[:9], request[9:]
		r := record().tcp(client, server, "S", 10, 0, "").tcp(server, client, "S.", 90, 11, "").tcp(client, server, ".", 20, 91, later)
		f.see(t, r.tcp(client, server, ".", 11, 91, first))
		f.end()
		c, said := f.got.Conns[0], f.got.Problems.First
		if c.Volume.Payload.Orig.N != uint64(len(request)) || (c.HTTP != nil && len(c.HTTP.Agents) > 0) != (room > 4) || (len(said) == 1) != (room == 4) {
			t.Errorf("room for %d: %+v %+v, problems %v", room, c.Volume.Payload, c.HTTP, said)
		}
		if f.budget != room {
			t.Errorf("%d of %d free", f.budget, room)
		}
	}
}

// queued are the segments that wait in all connections.
func (f *following) queued() (all []queue) {
	for _, s := range f.flows.slots {
		if s.flow != nil {
			all = append(all, s.flow.tcp.ends[0].queue, s.flow.tcp.ends[1].queue)
		}
	}
	return all
}

// TestSegmentsAreBounded: however little they hold, no more segments wait than may, and the stream that has one too many moves on.
func TestSegmentsAreBounded(t *testing.T) {
	const most, all = 10, 30
	f := follow(maxLive)
	f.places = most
	for i := range all {
		c := netip.AddrPortFrom(client.Addr(), uint16(40000+i/2))
		f.see(t, record().tcp(c, server, ".", 1, 1, "").tcp(c, server, ".", uint32(10+10*(i%2)), 1, "x"))
		n := 0
		for _, q := range f.queued() {
			n += len(q.pending)
		}
		if n != most-f.places || n > most {
			t.Fatalf("%d segments wait, %d may still", n, f.places)
		}
	}
	f.end()
	for _, c := range f.got.Conns {
		if c.Volume.Payload.Orig != evidence.Measured(20) || c.Volume.Missed.Orig != evidence.Measured(18) {
			t.Errorf("%v: %+v", c.Orig, c.Volume)
		}
	}
	if f.places != most {
		t.Errorf("%d of %d free", f.places, most)
	}
}

// TestWaitingTakesWhatIsNew: what is sent again takes no memory but for what is new of it, and none once nothing waits.
func TestWaitingTakesWhatIsNew(t *testing.T) {
	const length, times = 1000, 100
	f := follow(maxLive)
	f.see(t, record().tcp(client, server, "S", 10, 0, "").tcp(server, client, "S.", 90, 11, ""))
	for i := range times {
		f.see(t, record().tcp(client, server, ".", 20, 91, strings.Repeat("x", length+i)))
	}
	took := 0
	for _, q := range f.queued() {
		for _, s := range q.pending {
			took += cap(s.data)
		}
	}
	if took < length || took > 3*length {
		t.Errorf("%d bytes wait in %d", length+times-1, took)
	}
	f.see(t, record().tcp(client, server, ".", 11, 91, "123456789"))
	for _, q := range f.queued() {
		if len(q.pending) > 0 || cap(q.pending) > fewSegments {
			t.Errorf("%d segments wait, in room for %d", len(q.pending), cap(q.pending))
		}
	}
}

// TestTunnelsAreBounded: a tunnel in use keeps its number whatever others come, and those are forgotten in the end.
func TestTunnelsAreBounded(t *testing.T) {
	var l tunnelNumbers
	used := tunnelKey{kind: "vxlan"}
	first := l.of(used, 1)
	for i := range 3 * maxTunnels {
		l.of(tunnelKey{kind: "vxlan", vni: uint32(i + 1)}, uint64(i))
		if i%1000 == 0 && l.of(used, uint64(i)) != first {
			t.Fatalf("numbered anew after %d others", i)
		}
	}
	if len(l.recent) > maxTunnels || len(l.before) > maxTunnels {
		t.Errorf("%d and %d kept", len(l.recent), len(l.before))
	}
	if all := uint64(len(l.recent)+len(l.before)) + l.forgotten.N; l.forgotten.N == 0 || all < 3*maxTunnels {
		t.Errorf("%d forgotten: with those kept %d of %d", l.forgotten.N, all, 3*maxTunnels+1)
	}
}
