package evidence

import (
	"encoding/binary"
	"slices"
)

// How many sockets are packed together, and how many of them in a row: to look at one is to unpack its row.
const (
	perPack  = 1 << 13
	perGroup = 4
)

// A socketPack is perPack sockets. What they share stands once, their numbers are written by how they differ from those of the
// one before: some 20 bytes each in place of 64.
type socketPack struct {
	series  []*series
	who     []*Program
	ways    []*way
	groups  []uint32 // where each group begins
	data    []byte
	digests []uint64 // apart, since they are not held for as long; nil for none
}

// packSockets packs perPack sockets.
func packSockets(all []KeptSocket) *socketPack {
	p := &socketPack{groups: make([]uint32, 0, perPack/perGroup), digests: digests(all)}
	series, who, ways := numbers[series]{}, numbers[Program]{}, numbers[way]{}
	var none, last KeptSocket
	data := make([]byte, 0, 32*perPack)
	for i := range all {
		if i%perGroup == 0 {
			p.groups, last = append(p.groups, uint32(len(data))), none
		}
		k := &all[i]
		data = binary.AppendUvarint(data, series.of(k.series, &p.series))
		data = binary.AppendUvarint(data, who.of(k.who, &p.who))
		data = binary.AppendUvarint(data, ways.of(k.way, &p.ways))
		data = binary.AppendVarint(data, int64(k.at-last.at))
		for _, n := range [...]uint32{k.n - last.n, (k.id - k.n) - (last.id - last.n), k.later[0] - last.later[0], k.later[1] - last.later[1]} {
			data = binary.AppendVarint(data, int64(int32(n)))
		}
		data = binary.LittleEndian.AppendUint16(data, k.srcPort)
		data = binary.LittleEndian.AppendUint16(data, k.dstPort)
		last = *k
	}
	p.data = slices.Clone(data)
	return p
}

// digests lists those of sockets, nil where none has one.
func digests(all []KeptSocket) []uint64 {
	if !slices.ContainsFunc(all, func(k KeptSocket) bool { return k.digest != 0 }) {
		return nil
	}
	list := make([]uint64, len(all))
	for i := range all {
		list[i] = all[i].digest
	}
	return list
}

// unpack unpacks one group.
func (p *socketPack) unpack(group int, into *[perGroup]KeptSocket) {
	r := packReader{p.data, int(p.groups[group])}
	var none KeptSocket
	last := &none
	for i := range into {
		k := &into[i]
		k.series, k.who, k.way = p.series[r.number()], p.who[r.number()], p.ways[r.number()]
		k.at = last.at + Instant(signed(r.number()))
		k.n = last.n + uint32(signed(r.number()))
		k.id = k.n + (last.id - last.n) + uint32(signed(r.number()))
		k.later[0] = last.later[0] + uint32(signed(r.number()))
		k.later[1] = last.later[1] + uint32(signed(r.number()))
		k.srcPort, k.dstPort = r.port(), r.port()
		k.digest = 0
		if p.digests != nil {
			k.digest = p.digests[group*perGroup+i]
		}
		last = k
	}
}

// A packReader reads what packSockets wrote.
type packReader struct {
	data []byte
	next int
}

// number is mostly a single byte.
func (r *packReader) number() uint64 {
	if b := r.data[r.next]; b < 0x80 {
		r.next++
		return uint64(b)
	}
	return r.longer()
}

func (r *packReader) longer() uint64 {
	n, size := binary.Uvarint(r.data[r.next:])
	r.next += size
	return n
}

// signed is the number that binary.AppendVarint wrote as n.
func signed(n uint64) int64 { return int64(n>>1) ^ -int64(n&1) }

func (r *packReader) port() uint16 {
	n := binary.LittleEndian.Uint16(r.data[r.next:])
	r.next += 2
	return n
}

// numbers are the places of what is shared in the list of it.
type numbers[T any] map[*T]uint64

func (ns numbers[T]) of(v *T, list *[]*T) uint64 {
	n, known := ns[v]
	if !known {
		n = uint64(len(*list))
		ns[v] = n
		*list = append(*list, v)
	}
	return n
}
