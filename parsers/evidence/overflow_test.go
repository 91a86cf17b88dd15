package evidence

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

// A narrow overflow takes three connections at a time, as often as it may.
type narrow struct {
	often int
	bad   func() error
}

func (n *narrow) Full(_ *App, _, held int) bool { return held == 3 }

func (n *narrow) Move(sorted []*Conn, _ bool) (ConnRun, error) {
	if n.often--; n.often < 0 {
		return nil, n.bad()
	}
	return nil, nil
}

// TestWhatCannotLeaveStays, in the order in which it came.
func TestWhatCannotLeaveStays(t *testing.T) {
	b := &Batch{Overflow: &narrow{2, func() error { return errors.New("disk full") }}}
	for i := range uint64(20) {
		b.Conn(Conn{Ref: Ref{N: i}})
	}
	b.Settle()
	if len(b.Moved) != 2 || len(b.Conns) != 14 {
		t.Fatalf("%d runs, %d connections left", len(b.Moved), len(b.Conns))
	}
	for i, c := range b.Conns {
		if c.Ref.N != uint64(6+i) {
			t.Errorf("connection %d stands at %d", c.Ref.N, 6+i)
		}
	}
}

// TestPartsLeaveTogether: what logs of one sensor state goes where it can be put together, and stays together where it cannot go.
func TestPartsLeaveTogether(t *testing.T) {
	for _, often := range []int{100, 1, 0} {
		b := &Batch{Overflow: &narrow{often, func() error { return errors.New("disk full") }}}
		for i := range uint64(5) {
			b.Conn(Conn{UID: "C", Ref: Ref{N: i}})
			b.App(AppRecord{UID: "C", Ref: Ref{N: i}})
		}
		b.Settle()
		if moved := min(often, 3); len(b.Moved) != 0 || len(b.Parts) != moved || len(b.Conns)+len(b.Apps) != 10-3*moved {
			t.Errorf("%d moves allowed: %d and %d runs, %d connections and %d records left", often, len(b.Moved), len(b.Parts), len(b.Conns), len(b.Apps))
		}
		for i := range b.Apps {
			if want := b.Apps[0].Ref.N + uint64(i); b.Apps[i].Ref.N != want {
				t.Errorf("%d moves allowed: record %d stands at %d", often, b.Apps[i].Ref.N, i)
			}
		}
	}
	part := (&AppRecord{Sensor: "s", UID: "C", Ref: Ref{N: 1}, Transport: UDP, App: App{Protocol: "dns"}}).part()
	if r := part.Record(); !part.Part || r.UID != "C" || r.Sensor != "s" || r.Protocol != "dns" || r.Transport != UDP || r.Ref.N != 1 {
		t.Errorf("%+v came back", r)
	}
}

// TestMovePanics: a defect in what runs beside comes back to who waits for it.
func TestMovePanics(t *testing.T) {
	b := &Batch{Overflow: &narrow{0, func() error { panic("defect") }}}
	defer func() {
		if recover() != "defect" {
			t.Error("it did not")
		}
	}()
	for range 3 {
		b.Conn(Conn{})
	}
	b.Settle()
}

// Texts are what was given, however many there are and however long; what is held is bounded.
func TestTexts(t *testing.T) {
	var texts Texts
	most := 0
	for i := range 3 * maxTexts / perText {
		for _, want := range []string{"", strconv.Itoa(i / 2), strings.Repeat("x", i%300)} {
			if got := texts.Of([]byte(want)); got != want {
				t.Fatalf("%q for %q", got, want)
			}
		}
		most = max(most, len(texts.met))
	}
	if most > maxTexts/perText {
		t.Errorf("%d texts were held", most)
	}
}
