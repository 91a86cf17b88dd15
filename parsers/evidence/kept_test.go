package evidence

import (
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"
)

// fill gives every field below v a value of its own.
func fill(v reflect.Value, n *int) {
	*n++
	switch at := v.Addr().Interface().(type) {
	case *time.Time:
		*at = time.Unix(int64(1_700_000_000+*n), int64(*n)).UTC()
		return
	case *netip.Addr:
		*at = []netip.Addr{netip.AddrFrom4([4]byte{10, 3: byte(*n)}), netip.AddrFrom16([16]byte{0xfe, 0x80, 15: byte(*n)}).WithZone("z"), {}}[*n%3]
		return
	case *netip.AddrPort:
		*at = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 3: byte(*n)}), uint16(*n))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.String:
		v.SetString(string(rune('a' + *n)))
	case reflect.Int64:
		v.SetInt(int64(*n))
	default:
		v.SetUint(uint64(*n%256) * (1<<32 + 1)) // what is narrower takes the lower half
	}
}

// Everything that is kept in less memory comes back, also what is added to the vocabulary one day, and so does what says
// nothing.
func TestWhatIsKeptComesBack(t *testing.T) {
	var b Batch
	for i := range 2000 {
		var p Process
		var e Exit
		var a Access
		var s Socket
		var l Lookup
		var c Certificate
		if i%2 == 0 {
			n := i % 100
			fill(reflect.ValueOf(&p).Elem(), &n)
			fill(reflect.ValueOf(&e).Elem(), &n)
			fill(reflect.ValueOf(&a).Elem(), &n)
			fill(reflect.ValueOf(&s).Elem(), &n)
			fill(reflect.ValueOf(&l).Elem(), &n)
			fill(reflect.ValueOf(&c).Elem(), &n)
		}
		b.Process(p)
		b.Exit(e)
		b.Access(a)
		b.Socket(s)
		b.Lookup(l)
		b.Certificate(c)
		if got := b.Certs[i].Certificate(); !reflect.DeepEqual(got, c) {
			t.Fatalf("certificate %d came back as\n%+v, was\n%+v", i, got, c)
		}
		if got := b.Processes[i].Process(); got != p {
			t.Fatalf("process %d came back as\n%+v, was\n%+v", i, got, p)
		}
		if got := b.Exits[i].Exit(); got != e {
			t.Fatalf("exit %d came back as\n%+v, was\n%+v", i, got, e)
		}
		if got := b.Accesses[i].Access(); got != a {
			t.Fatalf("access %d came back as\n%+v, was\n%+v", i, got, a)
		}
		kept := b.Sockets.At(i)
		if got := kept.Socket(); got != s {
			t.Fatalf("socket %d came back as\n%+v, was\n%+v", i, got, s)
		}
		if got := b.Lookups[i].Lookup(); !reflect.DeepEqual(got, l) {
			t.Fatalf("lookup %d came back as\n%+v, was\n%+v", i, got, l)
		}
		if got := b.Exits[i].Ref(); got != e.Ref {
			t.Fatalf("exit %d is at %v, was at %v", i, got, e.Ref)
		}
	}
	if b.Processes[0].texts != b.Processes[100].texts || b.Processes[0].origin != b.Processes[100].origin ||
		b.Sockets.At(0).way != b.Sockets.At(100).way || b.Lookups[0].question != b.Lookups[100].question || b.Lookups[0].who != b.Lookups[100].who ||
		b.Certs[0].CertificateTexts != b.Certs[100].CertificateTexts {
		t.Error("what two records have in common stands twice")
	}
}

// Stamps come back however far they lie apart.
func TestKeptStamps(t *testing.T) {
	far := []time.Time{{}, time.Unix(0, 0), time.Unix(1_700_000_000, 1), time.Unix(1_700_000_000, 0), time.Unix(1_700_000_002, 147_483_648), time.Unix(1_699_999_997, 852_516_352),
		time.Unix(1_699_999_997, 852_516_351), time.Unix(-9_000_000_000, 0), time.Unix(9_000_000_000, 0), time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
	var b Batch
	for _, x := range far {
		for _, y := range far {
			b.Exit(Exit{Header: Header{Stamps: [MaxStamps]Stamp{{Time: x}, {Time: y}, {Time: x}}}})
			for i, want := range []time.Time{x, y, x} {
				if got := b.Exits[len(b.Exits)-1].At(i); got != InstantOf(want) {
					t.Errorf("stamp %d of %v and %v came back as %v", i, x, y, got.Time())
				}
			}
		}
	}
}

// GUIDs are read as logs write them, written in one way, and ordered as what is written.
func TestGUID(t *testing.T) {
	const text = "5770385f-c22a-43e0-bf4c-06f5698ffbd9"
	for _, s := range []string{text, "{" + text + "}", "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"} {
		if g, ok := ParseGUID(s); !ok || g.String() != text {
			t.Errorf("%s was read as %v, %v", s, g, ok)
		}
	}
	for _, s := range []string{"", "{}", "5770385f", text[1:], text + "0", "5770385f-c22a-43e0-bf4c-06f5698ffbdx", "5770385f0c22a-43e0-bf4c-06f5698ffbd9"} {
		if g, ok := ParseGUID(s); ok || !g.IsZero() {
			t.Errorf("%q is no GUID, was read as %v", s, g)
		}
	}
	if g, ok := ParseGUID("00000000-0000-0000-0000-000000000000"); !ok || g.String() != "" {
		t.Errorf("none is %q, %v", g, ok)
	}
	sorted := []string{"01000000-0000-0000-0000-000000000000", "0100000a-0000-0000-0000-000000000000", "f0000000-0000-0000-0000-000000000001"}
	if !slices.IsSortedFunc(sorted, func(a, b string) int {
		x, _ := ParseGUID(a)
		y, _ := ParseGUID(b)
		return x.Compare(y)
	}) {
		t.Error("GUIDs are not in the order of their texts")
	}
}
