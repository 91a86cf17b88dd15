package service

// maxHeld bounds the pieces that wait for one that has not come.
const maxHeld = 32

// An ordered puts numbered pieces in order, as a transport inside datagrams does. What comes again is left out. Pieces behind
// one that is missing wait in vain: what is read of them is their beginning.
type ordered struct {
	next uint32
	held map[uint32][]byte
}

// widen is the number nearest to the one awaited whose low bits these are.
func (o *ordered) widen(n uint16) uint32 {
	return o.next + uint32(int32(int16(n-uint16(o.next))))
}

// add takes a piece and hands out those that are in order now.
func (o *ordered) add(n uint32, data []byte, to func([]byte)) {
	if o.held == nil {
		o.held = map[uint32][]byte{}
	}
	if int32(n-o.next) < 0 || len(o.held) >= maxHeld && n != o.next {
		return
	}
	o.held[n] = append([]byte(nil), data...)
	for {
		piece, ok := o.held[o.next]
		if !ok {
			return
		}
		delete(o.held, o.next)
		o.next++
		to(piece)
	}
}
