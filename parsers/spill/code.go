package spill

import (
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A coder takes the fields of connections in one order, whichever direction they go: it appends them to buf, or takes them
// from there. What a connection consists of is so written down once, in layout.go. What is taken was appended by this
// process: whatever is wrong with it is a defect.
type coder struct {
	buf    []byte
	taking bool
	at     int // where the next one is taken
	names  *names
	texts  *evidence.Texts
}

func (k *coder) uint(v *uint64) {
	switch {
	case !k.taking:
		k.buf = binary.AppendUvarint(k.buf, *v)
	case k.buf[k.at] < 0x80:
		*v = uint64(k.buf[k.at])
		k.at++
	default:
		n, width := binary.Uvarint(k.buf[k.at:])
		*v = n
		k.at += width
	}
}

func (k *coder) int(v *int64) {
	n := uint64(*v)<<1 ^ uint64(*v>>63)
	if k.uint(&n); k.taking {
		*v = int64(n>>1) ^ -int64(n&1)
	}
}

func (k *coder) text(v *string) {
	n := uint64(len(*v))
	if k.uint(&n); !k.taking {
		k.buf = append(k.buf, *v...)
		return
	}
	*v = k.texts.Of(k.buf[k.at : k.at+int(n)])
	k.at += int(n)
}

// name is a text of which there are few in a run: files, units, sensors, states, protocols.
func (k *coder) name(v *string) {
	n := uint64(0)
	if !k.taking {
		n = k.names.number(*v)
	}
	if k.uint(&n); k.taking {
		*v = k.names.list[n]
	}
}

func (k *coder) time(v *time.Time) {
	sec, nano := int64(0), uint64(0)
	if !k.taking {
		sec, nano = v.Unix(), uint64(v.Nanosecond())
	}
	k.int(&sec)
	if k.uint(&nano); k.taking {
		*v = time.Unix(sec, int64(nano)).UTC()
	}
}

// zoned marks an address with a zone behind it; below it stands the length.
const zoned = 0x80

func (k *coder) addr(v *netip.Addr) {
	if k.taking {
		k.takeAddr(v)
		return
	}
	zone, kind := v.Zone(), byte(0)
	if zone != "" {
		kind = zoned
	}
	switch {
	case !v.IsValid():
		k.buf = append(k.buf, 0)
	case v.Is4():
		b := v.As4()
		k.buf = append(append(k.buf, 4), b[:]...)
	default:
		b := v.As16()
		k.buf = append(append(k.buf, 16|kind), b[:]...)
	}
	if kind == zoned {
		k.text(&zone)
	}
}

func (k *coder) takeAddr(v *netip.Addr) {
	kind := k.buf[k.at]
	n := int(kind &^ zoned)
	*v, _ = netip.AddrFromSlice(k.buf[k.at+1 : k.at+1+n])
	k.at += 1 + n
	if kind&zoned != 0 {
		var zone string
		k.text(&zone)
		*v = v.WithZone(zone)
	}
}

// flags codes truth values, 63 at most.
func (k *coder) flags(all ...*bool) {
	mask := uint64(0)
	for i, v := range all {
		if *v {
			mask |= 1 << i
		}
	}
	if k.uint(&mask); !k.taking {
		return
	}
	for i, v := range all {
		*v = mask&(1<<i) != 0
	}
}

// names numbers texts of which there are few. Those met first are most of all, and most of them are not even compared but for
// where they lie.
type names struct {
	list []string
	of   map[string]uint64
}

// first is how many are looked at before they are looked up.
const first = 8

func (t *names) number(s string) uint64 {
	for i, name := range t.list[:min(first, len(t.list))] {
		if name == s {
			return uint64(i)
		}
	}
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

// number codes any integer of a field.
func number[T ~int | ~uint8 | ~uint16 | ~uint32](k *coder, v *T) {
	n := int64(*v)
	if k.int(&n); k.taking {
		*v = T(n)
	}
}

// list codes a slice; no elements and no slice are the same.
func list[T any](k *coder, v *[]T, each func(*coder, *T)) {
	n := uint64(len(*v))
	if k.uint(&n); n == 0 {
		return
	}
	if k.taking {
		*v = make([]T, n)
	}
	for i := range *v {
		each(k, &(*v)[i])
	}
}

// optional codes what may be missing.
func optional[T any](k *coder, v **T, there func(*coder, *T)) {
	has := *v != nil
	if k.flags(&has); !has {
		return
	}
	if k.taking {
		*v = new(T)
	}
	there(k, *v)
}
