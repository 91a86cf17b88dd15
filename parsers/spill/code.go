package spill

import (
	"encoding/binary"
	"math"
	"net/netip"
	"sync"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A coder is one direction of the code. What a connection consists of is written down once, in layout.go, for both.
type coder interface {
	uint(*uint64)
	text(*string)
	name(*string) // of which there are few in a run: files, units, sensors
	time(*time.Time)
	addr(*netip.Addr)
}

// An encoder appends to buf.
type encoder struct {
	buf   []byte
	names *names
}

func (e *encoder) uint(v *uint64) { e.buf = binary.AppendUvarint(e.buf, *v) }
func (e *encoder) text(v *string) {
	e.buf = append(binary.AppendUvarint(e.buf, uint64(len(*v))), *v...)
}
func (e *encoder) name(v *string) { e.buf = binary.AppendUvarint(e.buf, e.names.number(*v)) }
func (e *encoder) time(v *time.Time) {
	e.buf = binary.AppendVarint(e.buf, v.Unix())
	e.buf = binary.AppendUvarint(e.buf, uint64(v.Nanosecond()))
}
func (e *encoder) addr(v *netip.Addr) {
	b := v.WithZone("").AsSlice()
	e.buf = append(append(e.buf, byte(len(b))), b...)
	zone := v.Zone()
	e.text(&zone)
}

// A decoder takes from buf, which an encoder of this process wrote: whatever is wrong with it is a defect.
type decoder struct {
	buf    []byte
	at     int
	names  *names
	common map[string]string // short texts met before
}

func (d *decoder) uint(v *uint64) {
	n, k := binary.Uvarint(d.buf[d.at:])
	*v = n
	d.at += k
}

// maxCommon bounds the texts that are held once for all connections of a run, and their length.
const (
	maxCommon    = 1 << 14
	longestShort = 64
)

func (d *decoder) text(v *string) {
	var n uint64
	d.uint(&n)
	b := d.buf[d.at : d.at+int(n)]
	d.at += int(n)
	if n > longestShort || n == 0 {
		*v = string(b)
		return
	}
	s, ok := d.common[string(b)]
	if !ok {
		s = string(b)
		if d.common == nil || len(d.common) >= maxCommon {
			d.common = map[string]string{}
		}
		d.common[s] = s
	}
	*v = s
}

func (d *decoder) name(v *string) {
	var n uint64
	d.uint(&n)
	*v = d.names.get(n)
}

func (d *decoder) time(v *time.Time) {
	sec, k := binary.Varint(d.buf[d.at:])
	d.at += k
	var nano uint64
	d.uint(&nano)
	*v = time.Unix(sec, int64(nano)).UTC()
}

func (d *decoder) addr(v *netip.Addr) {
	n := int(d.buf[d.at])
	a, _ := netip.AddrFromSlice(d.buf[d.at+1 : d.at+1+n])
	d.at += 1 + n
	var zone string
	d.text(&zone)
	*v = a.WithZone(zone)
}

func (e *encoder) conn(c *evidence.Conn) { conn(e, c) }

func (d *decoder) conn() *evidence.Conn {
	c := new(evidence.Conn)
	d.at = 0
	conn(d, c)
	return c
}

// names numbers texts of which there are few. It may be used by several goroutines.
type names struct {
	mu   sync.RWMutex
	list []string
	of   map[string]uint64
}

func (t *names) number(s string) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, ok := t.of[s]
	if !ok {
		if t.of == nil {
			t.of = map[string]uint64{}
		}
		n = uint64(len(t.list))
		t.of[s] = n
		t.list = append(t.list, s)
	}
	return n
}

func (t *names) get(n uint64) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.list[n]
}

// flag codes a truth value.
func flag(k coder, v *bool) {
	n := uint64(0)
	if *v {
		n = 1
	}
	k.uint(&n)
	*v = n == 1
}

// number codes any integer.
func number[T ~int | ~int8 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64](k coder, v *T) {
	n := uint64(*v)
	if int64(n) < 0 && int64(n) > math.MinInt32 { // small negative ones, as an RCode that was not seen
		n = uint64(-int64(n))<<1 | 1
	} else {
		n <<= 1
	}
	k.uint(&n)
	if n&1 == 1 {
		*v = T(-int64(n >> 1))
		return
	}
	*v = T(n >> 1)
}

// list codes a slice; no elements and no slice are the same.
func list[T any](k coder, v *[]T, each func(coder, *T)) {
	n := uint64(len(*v))
	k.uint(&n)
	if n == 0 {
		return
	}
	if *v == nil {
		*v = make([]T, n)
	}
	for i := range *v {
		each(k, &(*v)[i])
	}
}

// optional codes what may be missing.
func optional[T any](k coder, v **T, there func(coder, *T)) {
	has := *v != nil
	if flag(k, &has); !has {
		return
	}
	if *v == nil {
		*v = new(T)
	}
	there(k, *v)
}
