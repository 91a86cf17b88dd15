package spill

import (
	"fmt"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// fill gives every field below v a value of its own.
func fill(v reflect.Value, n *int) {
	*n++
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Unix(int64(1_700_000_000+*n), int64(*n)).UTC()
		return
	case *netip.Addr:
		*x = netip.AddrFrom4([4]byte{192, 0, 2, byte(*n)})
		return
	case *netip.AddrPort:
		*x = netip.AddrPortFrom(netip.MustParseAddr(fmt.Sprintf("2001:db8::%x%%eth0", *n)), uint16(*n))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(*n))
	default:
		v.SetUint(uint64(*n % 256))
	}
}

func whole() *evidence.Conn {
	c, n := new(evidence.Conn), 0
	fill(reflect.ValueOf(c).Elem(), &n)
	return c
}

// Every field comes back, also those that are added to the vocabulary one day.
func TestEveryFieldComesBack(t *testing.T) {
	unseen := whole()
	unseen.DNS.Questions[0].RCode = -1
	bare := &evidence.Conn{Start: time.Date(2024, 3, 4, 9, 0, 0, 1, time.UTC)}
	s := New(t.TempDir(), 0)
	defer s.Close()
	want := []*evidence.Conn{whole(), unseen, bare}
	r, err := s.For().Move(want, true)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		next := r.Open(true, new(evidence.Texts))
		for i, w := range want {
			got, err := next()
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(w, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
				t.Errorf("connection %d changed on its way (-moved +read):\n%s", i, d)
			}
		}
		if c, err := next(); c != nil || err != nil {
			t.Errorf("after the last: %v, %v", c, err)
		}
	}
}

// At a glance, what is asked for comes back and the next one follows.
func TestTheRestIsLeftOut(t *testing.T) {
	s := New(t.TempDir(), 0)
	defer s.Close()
	w := whole()
	r, err := s.For().Move([]*evidence.Conn{w, w}, true)
	if err != nil {
		t.Fatal(err)
	}
	next := r.Open(false, new(evidence.Texts))
	for range 2 {
		got, err := next()
		if err != nil {
			t.Fatal(err)
		}
		want := &evidence.Conn{Ref: w.Ref, Sensor: w.Sensor, UID: w.UID, Transport: w.Transport, Orig: w.Orig, Resp: w.Resp, Start: w.Start, End: w.End,
			OrigKnown: w.OrigKnown, MidStream: w.MidStream, Tunnel: w.Tunnel, App: evidence.App{DNS: w.DNS}}
		if d := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); d != "" {
			t.Errorf("-moved +read:\n%s", d)
		}
	}
	if c, err := next(); c != nil || err != nil {
		t.Errorf("after the last: %v, %v", c, err)
	}
}

// One that is larger than what is read ahead comes back, and so does the one behind it.
func TestLargeOnesComeBack(t *testing.T) {
	s := New(t.TempDir(), 0)
	defer s.Close()
	long := &evidence.Conn{UID: strings.Repeat("x", 3*readAhead)}
	r, err := s.For().Move([]*evidence.Conn{long, whole(), long}, true)
	if err != nil {
		t.Fatal(err)
	}
	next := r.Open(true, new(evidence.Texts))
	for i, want := range []string{long.UID, whole().UID, long.UID} {
		if got, err := next(); err != nil || got.UID != want {
			t.Errorf("connection %d: %v, or another UID", i, err)
		}
	}
}

// A batch holds a bounded number of connections; the others stand in sorted runs.
func TestBatchMovesWhatIsTooMuch(t *testing.T) {
	const n = 5 * leastRun
	s := New(t.TempDir(), 1<<20)
	defer s.Close()
	b := &evidence.Batch{Overflow: s.For()}
	for i := range n {
		b.Conn(evidence.Conn{Start: time.Unix(int64(n-i), 0).UTC(), State: "SF"})
	}
	b.Settle()
	read := 0
	for i, r := range b.Moved {
		next := r.Open(true, new(evidence.Texts))
		var last time.Time
		for {
			c, err := next()
			if err != nil {
				t.Fatal(err)
			}
			if c == nil {
				break
			}
			if read++; c.Start.Before(last) {
				t.Fatalf("run %d is not in order", i)
			}
			last = c.Start
		}
	}
	if read+len(b.Conns) != n || len(b.Conns) > leastRun {
		t.Errorf("%d moved, %d held, want %d together and at most %d held", read, len(b.Conns), n, leastRun)
	}
	if moved, bytes, err := s.Moved(); moved != uint64(read) || bytes == 0 || err != nil {
		t.Errorf("moved %d, %d bytes, %v", moved, bytes, err)
	}
}

// Where nothing can be written, everything stays in memory and the space says why.
func TestNowhereToGo(t *testing.T) {
	folder := t.TempDir()
	s := New(folder+"/missing", 0)
	b := &evidence.Batch{Overflow: s.For()}
	for range 2 * leastRun {
		b.Conn(evidence.Conn{})
	}
	b.Settle()
	if _, _, err := s.Moved(); err == nil || len(b.Conns) != 2*leastRun {
		t.Errorf("%d connections held, error %v", len(b.Conns), err)
	}
	s.Close()
}

// Nothing is left in the folder.
func TestNothingIsLeft(t *testing.T) {
	folder := t.TempDir()
	s := New(folder, 0)
	if _, err := s.For().Move([]*evidence.Conn{whole()}, true); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if left, _ := os.ReadDir(folder); len(left) != 0 {
		t.Errorf("%v left", left)
	}
}
