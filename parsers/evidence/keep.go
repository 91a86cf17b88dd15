package evidence

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
)

// A keeper makes of observations what is kept of them. It remembers what it has kept lately, so that what is the same is
// kept once.
type keeper struct {
	processes slab[KeptProcess]
	exits     slab[KeptExit]
	lookups   slab[KeptLookup]
	accesses  slab[KeptAccess]

	origins shared[origin]
	series  shared[series]
	last    [32]*series // by the last bits of the event id
	starts  shared[ProcessTexts]
	names   shared[who]
	users   shared[Program]
	ways    shared[way]
	asked   shared[question]
	traces  shared[accessTexts]
	certs   shared[CertificateTexts]
}

func (k *keeper) header(h *Header) Kept {
	o := origin{file: h.Ref.File, unit: h.Ref.Unit, computer: h.Computer, provider: h.Provider, channel: h.Channel, eventID: h.EventID, recovered: h.Recovered}
	kept := Kept{n: uint32(h.Ref.N), id: uint32(h.RecordID), digest: h.Digest, at: InstantOf(h.Stamps[0].Time)}
	in := series{upper: [2]uint32{uint32(h.Ref.N >> 32), uint32(h.RecordID >> 32)}}
	for i := range h.Stamps {
		s := &h.Stamps[i]
		o.fields[i], o.steps[i] = s.Field, s.Resolution
		if i > 0 && !s.Time.IsZero() {
			in.stamped[i-1] = true
			in.lags[i-1], kept.later[i-1] = halve(InstantOf(s.Time) - kept.at)
		}
	}
	kept.series = k.of(&o, &in)
	return kept
}

// of finds the series of an origin, mostly that of the last event of its kind.
func (k *keeper) of(o *origin, in *series) *series {
	last := &k.last[o.eventID%uint32(len(k.last))]
	if *last != nil && *(*last).origin == *o {
		in.origin = (*last).origin
	} else {
		in.origin = k.origins.of(o, uint64(o.eventID), o.computer, o.channel, o.file)
	}
	if *last == nil || **last != *in {
		n := uint64(o.eventID)
		for _, half := range [...]uint32{in.upper[0], in.upper[1], uint32(in.lags[0]), uint32(in.lags[1])} {
			n = n*31 + uint64(half)
		}
		*last = k.series.of(in, n, o.computer, o.channel, o.file)
	}
	return *last
}

func (k *keeper) process(p *Process) *KeptProcess {
	t := ProcessTexts{p.Image, p.User, p.CommandLine, p.OriginalName, p.Company, p.Product, p.Description, p.Hashes, p.Integrity,
		p.Parent.Image, p.Parent.User, p.ParentLine}
	x := k.processes.next()
	*x = KeptProcess{k.header(&p.Header), k.starts.of(&t, 0, t.CommandLine, t.ParentLine, t.User), p.EntityID, p.Parent.EntityID, p.PID, p.Parent.PID}
	return x
}

func (k *keeper) exit(e *Exit) *KeptExit {
	w := who{e.Image, e.User}
	x := k.exits.next()
	*x = KeptExit{k.header(&e.Header), k.names.of(&w, 0, w.image, w.user), e.EntityID, e.PID}
	return x
}

func (k *keeper) socket(s *Socket) KeptSocket {
	w := way{s.Src.Addr(), s.Dst.Addr(), s.SrcHost, s.DstHost, s.Transport, s.Kind, s.Initiated}
	alike := (low(w.src)*31^low(w.dst))*31 ^ uint64(w.kind)<<2 ^ uint64(w.initiated)
	return KeptSocket{k.header(&s.Header), k.user(&s.Program), k.ways.of(&w, alike, w.srcHost, w.dstHost), s.Src.Port(), s.Dst.Port()}
}

func (k *keeper) lookup(l *Lookup) *KeptLookup {
	q := question{name: l.Name, kind: l.Type, status: l.Status, answers: packAddrs(l.Answers), aliases: packTexts(l.Aliases)}
	x := k.lookups.next()
	*x = KeptLookup{k.header(&l.Header), k.user(&l.Program), k.asked.of(&q, uint64(q.kind), q.name, q.answers, q.aliases)}
	return x
}

func (k *keeper) user(p *Program) *Program {
	id := p.EntityID
	return k.users.of(p, uint64(p.PID)^binary.LittleEndian.Uint64(id[:])^binary.LittleEndian.Uint64(id[8:]), p.Image, p.User)
}

// low are the bits by which addresses differ most.
func low(a netip.Addr) uint64 {
	b := a.As16()
	return binary.LittleEndian.Uint64(b[8:])
}

func (k *keeper) access(a *Access) *KeptAccess {
	s, t := &a.Source, &a.Target
	texts := accessTexts{who{s.Image, s.User}, who{t.Image, t.User}, a.StartModule, a.CallTrace}
	x := k.accesses.next()
	*x = KeptAccess{k.header(&a.Header), k.traces.of(&texts, 0, a.CallTrace, s.Image, t.Image), s.EntityID, t.EntityID, s.PID, t.PID, a.Granted, a.Kind}
	return x
}

func (k *keeper) certificate(c *Certificate) KeptCertificate {
	t := CertificateTexts{c.Sensor, c.Subject, c.Issuer, c.SHA256, c.NotBefore, c.NotAfter, packTexts(c.Names), c.Ref.File, c.Ref.Unit}
	return KeptCertificate{c.ID, c.Ref.N, k.certs.of(&t, uint64(c.NotAfter.Unix()), t.Subject, t.names)}
}

// A slab hands out room for many values at a time.
type slab[T any] struct{ left []T }

// The first slab is of a small file, mostly the only one.
const firstSlab, largestSlab = 8, 512

func (s *slab[T]) next() *T {
	if len(s.left) == cap(s.left) {
		s.left = make([]T, 0, min(max(2*cap(s.left), firstSlab), largestSlab))
	}
	s.left = s.left[:len(s.left)+1]
	return &s.left[len(s.left)-1]
}

// A shared finds values that were met before. It may forget some, which then stand twice.
type shared[T comparable] struct{ known map[uint64]*T }

// maxShared bounds what is remembered.
const maxShared = 1 << 14

var shareSeed = maphash.MakeSeed()

// of returns a value equal to v; n and the texts are what tells most values apart.
func (s *shared[T]) of(v *T, n uint64, texts ...string) *T {
	for _, t := range texts {
		n = n*0x9e3779b97f4a7c15 ^ maphash.String(shareSeed, t)
	}
	if x := s.known[n]; x != nil && *x == *v {
		return x
	}
	if s.known == nil || len(s.known) >= maxShared {
		s.known = map[uint64]*T{}
	}
	x := new(T)
	*x = *v
	s.known[n] = x
	return x
}
