package evidence

import (
	"encoding/binary"
	"iter"
	"net/netip"
	"slices"
)

// A KeptSocket is a Socket as a Batch keeps it. Ports change from one to the next, all else comes again and again.
type KeptSocket struct {
	Kept
	who              *Program
	way              *way
	srcPort, dstPort uint16
}

// A way is what connections between two hosts have in common.
type way struct {
	src, dst         netip.Addr
	srcHost, dstHost string
	transport        Transport
	kind             SocketKind
	initiated        Tri
}

// Socket returns what was kept.
func (k *KeptSocket) Socket() Socket {
	w := k.way
	return Socket{Header: k.Header(), Program: *k.who, Kind: w.kind, Transport: w.transport, Src: k.Src(), Dst: k.Dst(),
		SrcHost: w.srcHost, DstHost: w.dstHost, Initiated: w.initiated}
}

// The fields of Socket.

func (k *KeptSocket) Program() Program     { return *k.who }
func (k *KeptSocket) Kind() SocketKind     { return k.way.kind }
func (k *KeptSocket) Transport() Transport { return k.way.transport }
func (k *KeptSocket) Src() netip.AddrPort  { return netip.AddrPortFrom(k.way.src, k.srcPort) }
func (k *KeptSocket) Dst() netip.AddrPort  { return netip.AddrPortFrom(k.way.dst, k.dstPort) }
func (k *KeptSocket) SrcHost() string      { return k.way.srcHost }
func (k *KeptSocket) DstHost() string      { return k.way.dstHost }
func (k *KeptSocket) Initiated() Tri       { return k.way.initiated }

// A KeptLookup is a Lookup as a Batch keeps it.
type KeptLookup struct {
	Kept
	who *Program
	*question
}

// A question is what look-ups of one name have in common; answers and aliases are packed.
type question struct {
	name             string
	answers, aliases string
	status           uint32
	kind             uint16
}

// Lookup returns what was kept.
func (k *KeptLookup) Lookup() Lookup {
	return Lookup{Header: k.Header(), Program: *k.who, Name: k.name, Type: k.kind, Status: k.status, Answers: k.Answers(), Aliases: k.Aliases()}
}

// The fields of Lookup.

func (k *KeptLookup) Program() Program { return *k.who }
func (k *KeptLookup) Name() string     { return k.name }
func (k *KeptLookup) Type() uint16     { return k.kind }

// Answers and Aliases are made anew each time.
func (k *KeptLookup) Answers() (all []netip.Addr) {
	for b := range unpack(k.answers) {
		var a netip.Addr
		if a.UnmarshalBinary([]byte(b)) == nil { // which is how it was packed
			all = append(all, a)
		}
	}
	return all
}

func (k *KeptLookup) Aliases() []string { return slices.Collect(unpack(k.aliases)) }

// packAddrs and packTexts put lists into one text that can be compared.
func packAddrs(all []netip.Addr) string {
	var packed []byte
	for _, a := range all {
		b, _ := a.MarshalBinary() // never fails
		packed = pack(packed, b)
	}
	return string(packed)
}

func packTexts(all []string) string {
	var packed []byte
	for _, t := range all {
		packed = pack(packed, []byte(t))
	}
	return string(packed)
}

func pack(to, b []byte) []byte { return append(binary.AppendUvarint(to, uint64(len(b))), b...) }

func unpack(packed string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for rest := packed; len(rest) > 0; {
			n, size := binary.Uvarint([]byte(rest[:min(len(rest), binary.MaxVarintLen64)]))
			end := size + int(n)
			if !yield(rest[size:end]) {
				return
			}
			rest = rest[end:]
		}
	}
}
