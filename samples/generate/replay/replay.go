// Package replay makes one large capture out of small ones: it repeats them, each time between other addresses and a
// little later, with checksums that are as right as they were. It holds the small ones in memory and streams the large one.
package replay

import (
	"container/heap"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/wire"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

// Size says how large a capture becomes and what its repetitions are like. It ends with the first limit that is reached;
// 0 is none. Where more flows are asked for than the bytes would hold, the capture that is richest in flows is repeated more
// often than the others.
type Size struct {
	Packets, Flows, Bytes uint64
	// Every is how much later a repetition begins than the one before.
	Every time.Duration
	// Networks is after how many repetitions the addresses are the first ones again, 0 for never.
	Networks uint
	// Peers makes the addresses of the internet differ between repetitions, not only the local ones.
	Peers bool
}

// A Made is what has been written.
type Made struct {
	Packets, Flows, Bytes uint64
	Repetitions           int
	// Left counts packets of the small captures that have no place on Ethernet.
	Left int
}

func (m Made) String() string {
	return fmt.Sprintf("%d packets, %d flows, %d bytes in %d repetitions; %d packets of other links left out",
		m.Packets, m.Flows, m.Bytes, m.Repetitions, m.Left)
}

// Capture writes the large capture.
func Capture(to io.Writer, names []string, size Size) (Made, error) {
	t, left, err := load(names)
	if err != nil {
		return Made{}, err
	}
	if size.Flows > 0 && size.Bytes > 0 {
		t.enrich(size)
	}
	t.sort()
	r := repeater{template: t, Size: size, out: wire.NewWriter(to), made: Made{Bytes: fileHeader, Left: left}}
	if err := r.run(); err != nil {
		return Made{}, err
	}
	return r.made, r.out.Flush()
}

// What the file format adds to the packets.
const (
	fileHeader   = 24
	packetHeader = 16
)

// A template is the packets of all small captures, once they are sorted by time.
type template struct {
	frames       []frame
	hosts        uint32
	flows, bytes uint64
	richest      small
}

// A small is one of the small captures.
type small struct {
	packets      []wire.Packet
	flows, bytes uint64
}

// load reads captures and lets them begin at the same time.
func load(names []string) (t template, left int, err error) {
	for _, name := range names {
		packets, n, err := read(name)
		if err != nil {
			return t, 0, err
		}
		left += n
		compress(packets)
		c := t.add(packets)
		const enough = 50 // flows, so that the mix does not become one connection over and over
		if c.flows >= enough && c.flows*t.richest.bytes >= t.richest.flows*c.bytes {
			t.richest = c
		}
	}
	if len(t.frames) == 0 {
		return t, 0, fmt.Errorf("no packets in %d captures", len(names))
	}
	return t, left, nil
}

func (t *template) add(packets []wire.Packet) small {
	c := small{packets: packets}
	var found []frame
	found, t.hosts = frames(packets, t.hosts)
	for _, f := range found {
		c.bytes += packetHeader + uint64(len(f.Data))
		if f.opens {
			c.flows++
		}
	}
	t.frames = append(t.frames, found...)
	t.flows += c.flows
	t.bytes += c.bytes
	return c
}

// enrich adds the richest capture until the template has as many flows for its bytes as are asked for, or that capture no
// longer helps.
func (t *template) enrich(size Size) {
	dense := func(flows, bytes uint64) bool {
		return float64(flows)*float64(size.Bytes) >= float64(bytes)*float64(size.Flows)
	}
	for dense(t.richest.flows, t.richest.bytes) && t.richest.flows > 0 && !dense(t.flows, t.bytes) {
		t.add(t.richest.packets)
	}
}

func (t *template) sort() {
	slices.SortStableFunc(t.frames, func(a, b frame) int { return a.At.Compare(b.At) })
}

// compress lets a capture begin at the hour of all cases, with no pause longer than a few minutes: some were put together
// from recordings that are years apart.
func compress(packets []wire.Packet) {
	const longest = 5 * time.Minute
	now := world.At("08:00:00")
	var last time.Time
	for i := range packets {
		at := packets[i].At
		if i > 0 {
			now = now.Add(min(max(at.Sub(last), 0), longest))
		}
		last, packets[i].At = at, now
	}
}

// A repeater plays the template over and over; its repetitions overlap.
type repeater struct {
	template
	Size
	out    *wire.Writer
	made   Made
	active cursors
	buf    []byte
}

func (r *repeater) run() error {
	for !r.full() {
		first := r.frames[0].At.Add(time.Duration(r.made.Repetitions) * r.Every)
		if len(r.active) == 0 || !r.active[0].at.Before(first) {
			heap.Push(&r.active, cursor{at: first, repetition: r.made.Repetitions})
			r.made.Repetitions++
			continue
		}
		if err := r.next(); err != nil {
			return err
		}
	}
	return nil
}

func (r *repeater) full() bool {
	return r.Size.Packets > 0 && r.made.Packets >= r.Size.Packets ||
		r.Size.Flows > 0 && r.made.Flows >= r.Size.Flows ||
		r.Size.Bytes > 0 && r.made.Bytes >= r.Size.Bytes
}

// next writes the earliest packet that is due and moves its repetition on.
func (r *repeater) next() error {
	c := &r.active[0]
	f := r.frames[c.frame]
	network := uint32(c.repetition)
	if r.Networks > 0 {
		network %= uint32(r.Networks)
	}
	r.buf = append(r.buf[:0], f.Data...)
	f.rewrite(r.buf, network, r.hosts, r.Peers)
	err := r.out.Write(wire.Packet{At: c.at, Data: r.buf, Size: f.Size})
	r.made.Packets++
	r.made.Bytes += uint64(packetHeader + len(f.Data))
	if f.opens {
		r.made.Flows++
	}
	if c.frame++; c.frame == len(r.frames) {
		heap.Pop(&r.active)
		return err
	}
	c.at = c.at.Add(r.frames[c.frame].At.Sub(f.At))
	heap.Fix(&r.active, 0)
	return err
}

// A cursor is where a repetition has got to.
type cursor struct {
	at                time.Time
	repetition, frame int
}

// cursors is a heap by time.
type cursors []cursor

func (c cursors) Len() int { return len(c) }
func (c cursors) Less(i, j int) bool {
	if d := c[i].at.Compare(c[j].at); d != 0 {
		return d < 0
	}
	return c[i].repetition < c[j].repetition
}
func (c cursors) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *cursors) Push(x any)   { *c = append(*c, x.(cursor)) }
func (c *cursors) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}
