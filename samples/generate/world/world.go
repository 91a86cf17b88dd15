// Package world is a small office network in which things happen: hosts, processes and connections that leave event
// logs and packets behind, as they would in a real one.
//
// A scenario says what a process does (start, look up, connect, exit) and when; the world writes every trace of it. The
// same scenario leaves the same bytes.
package world

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/transcript"
	"github.com/wirewitness/wirewitness/samples/generate/wire"
)

// The servers of the office. Everything outside 10.0.0.0/8 is the internet, in the address ranges for documentation.
var (
	DC      = netip.MustParseAddr("10.20.0.10")
	Files   = netip.MustParseAddr("10.20.0.20")
	Backup  = netip.MustParseAddr("10.20.0.31")
	Printer = netip.MustParseAddr("10.20.0.60")
)

// A World is one network for the time of one case.
type World struct {
	rng     *rand.Rand
	packets []wire.Packet
	flows   uint32
	names   map[string]transcript.Conversation
}

// New returns an empty world. Cases with different seeds differ in process identifiers, ports and jitter.
func New(seed uint64) *World {
	w := &World{rng: rand.New(rand.NewPCG(seed, 0)), names: map[string]transcript.Conversation{}}
	for _, c := range transcript.Load("names") {
		w.names[c.Label] = c
	}
	return w
}

// At is a time of day on the day of all cases, a Tuesday: "09:14:03".
func At(clock string) time.Time {
	t, err := time.Parse(time.DateTime, "2026-03-10 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

// Jitter returns a duration within a share of d: around 60 s, a share of 0.1 gives 54 to 66 s.
func (w *World) Jitter(d time.Duration, share float64) time.Duration {
	return d + time.Duration((2*w.rng.Float64()-1)*share*float64(d))
}

// flow puts a connection on the wire and returns when it was over.
func (w *World) flow(h *Host, c Conn, local netip.AddrPort) time.Time {
	w.flows++
	f := wire.Flow{
		Client: wire.End{Addr: local, MAC: h.mac, TTL: 128},
		Server: wire.End{Addr: c.To, MAC: gateway, TTL: 52},
		Path:   pathTo(c.To.Addr()),
		Start:  c.At, Pause: c.Pause, Seed: w.flows,
	}
	if h.Offload {
		f.Path.Segment = offloaded
	}
	emit := func(p wire.Packet) { w.packets = append(w.packets, p) }
	if c.Talk.UDP {
		return f.UDP(c.Talk, emit)
	}
	return f.TCP(c.Talk, emit)
}

// gateway is the neighbour through which a workstation reaches everything else.
var gateway = [6]byte{0x02, 0, 0, 0, 0, 1}

// offloaded is the largest multiple of 1460 that fits into an IP packet: what a host sees of its own sending before its
// network card has cut it up.
const offloaded = 44 * 1460

// pathTo says how far away an address is: servers of the office are near, the internet is 15 to 46 ms away.
func pathTo(a netip.Addr) wire.Path {
	p := wire.Path{RTT: 900 * time.Microsecond, Rate: 110e6, Segment: 1460}
	if !a.IsPrivate() {
		last := a.AsSlice()[len(a.AsSlice())-1]
		p.RTT, p.Rate = 15*time.Millisecond+time.Duration(last%32)*time.Millisecond, 6e6
	}
	if a.Is6() {
		p.Segment = 1440
	}
	return p
}

// Packets returns everything that passed the sensor, in the order of time.
func (w *World) Packets() []wire.Packet {
	wire.Sort(w.packets)
	return w.packets
}

// Drain returns what passed the sensor before a time, in order, and forgets it.
func (w *World) Drain(until time.Time) []wire.Packet {
	wire.Sort(w.packets)
	n, _ := slices.BinarySearchFunc(w.packets, until, func(p wire.Packet, t time.Time) int { return p.At.Compare(t) })
	packets := slices.Clone(w.packets[:n])
	w.packets = slices.Delete(w.packets, 0, n)
	return packets
}

// Flows is how many connections there were.
func (w *World) Flows() int { return int(w.flows) }

// guid makes an identifier for a process the way Sysmon does: machine, start, and a token.
func (w *World) guid(machine uint32, start time.Time, pid uint32) string {
	s := uint32(start.Unix())
	return strings.ToUpper(fmt.Sprintf("{%08x-%04x-%04x-%04x-%012x}", machine, s&0xffff, s>>16, pid&0xffff, w.rng.Uint32()))
}
