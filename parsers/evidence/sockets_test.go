package evidence

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"
)

// wild are sockets whose numbers have nothing to do with those before them, and times anywhere.
func wild(n int) []Socket {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make([]Socket, n)
	for i := range all {
		h := Header{Ref: Ref{File: "f", Unit: "record", N: rng.Uint64() >> rng.IntN(64)}, RecordID: rng.Uint64() >> rng.IntN(64), EventID: rng.Uint32N(3), Digest: rng.Uint64()}
		for k := range rng.IntN(MaxStamps + 1) {
			h.Stamps[k] = Stamp{Time: time.Unix(rng.Int64N(1<<33)-1<<32, 1+rng.Int64N(1e9-1)).UTC(), Field: fmt.Sprint(k)}
		}
		all[i] = Socket{Header: h, Program: Program{PID: rng.Uint32() >> rng.IntN(32)}, Kind: SocketKind(rng.IntN(4)), Src: ends(rng), Dst: ends(rng), Initiated: Tri(rng.IntN(3))}
	}
	return all
}

func ends(rng *rand.Rand) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(rng.Uint32()), 0, byte(rng.Uint32())}), uint16(rng.Uint32()))
}

// What is packed comes back, in order and from anywhere, also of lists that were joined.
func TestPackedSocketsComeBack(t *testing.T) {
	want := wild(2*perPack + perPack/2 + 3)
	var whole, joined, behind Batch
	for i, s := range want {
		whole.Socket(s)
		if i < 5 {
			joined.Socket(s)
		} else {
			behind.Socket(s)
		}
	}
	joined.Sockets.Join(&behind.Sockets)
	var copied Sockets
	copied.Join(&joined.Sockets)
	for what, got := range map[string]*Sockets{"one by one": &whole.Sockets, "joined": &joined.Sockets, "copied": &copied} {
		if got.Len() != len(want) {
			t.Fatalf("%s: %d, want %d", what, got.Len(), len(want))
		}
		for i, k := range got.All() {
			if s := k.Socket(); s != want[i] {
				t.Fatalf("%s: number %d came back as\n%+v, was\n%+v", what, i, s, want[i])
			}
		}
		read, rng := got.Reader(), rand.New(rand.NewPCG(3, 4))
		for range 1000 {
			i := rng.IntN(len(want))
			if s := read.At(i).Socket(); s != want[i] {
				t.Fatalf("%s: number %d was read as\n%+v, was\n%+v", what, i, s, want[i])
			}
		}
	}
}

// Draining lets go of a list and of nothing that was joined from it; without digests, all else is there.
func TestDrainedSockets(t *testing.T) {
	want := wild(perPack + 7)
	var b Batch
	for _, s := range want {
		b.Socket(s)
	}
	bare := b.Sockets.WithoutDigests()
	n := 0
	for i, k := range bare.Drain() {
		s := want[i]
		if i < perPack { // the others are not packed
			s.Digest = 0
		}
		if got := k.Socket(); got != s {
			t.Fatalf("number %d came back as\n%+v, was\n%+v", i, got, s)
		}
		n++
	}
	if n != len(want) || bare.Len() != 0 || b.Sockets.Len() != len(want) {
		t.Errorf("%d of %d came, %d were left; %d in the other list", n, len(want), bare.Len(), b.Sockets.Len())
	}
	if last := b.Sockets.At(perPack - 1); last.Socket() != want[perPack-1] {
		t.Error("draining one list changed another")
	}
}

// Records that were met before are dropped also where they are packed.
func TestOncePacked(t *testing.T) {
	all := wild(perPack + 100)
	var b, again Batch
	for _, s := range all {
		b.Socket(s)
	}
	for _, s := range append(slices.Clone(all[perPack-50:perPack+50]), wild(perPack + 101)[perPack+100]) {
		again.Socket(s)
	}
	seen := map[uint64]struct{}{}
	b.once(seen)
	again.once(seen)
	if b.Sockets.Len() != len(all) || again.Sockets.Len() != 1 {
		t.Errorf("%d and %d are left, want %d and 1", b.Sockets.Len(), again.Sockets.Len(), len(all))
	}
}
