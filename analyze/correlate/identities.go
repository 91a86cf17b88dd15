package correlate

import (
	"encoding/binary"
	"runtime"
	"slices"
	"sync"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// identities lead from GUIDs to processes. They are in parts so that several can be filled side by side.
type identities []map[evidence.GUID]*Process

// newIdentities makes room for n.
func newIdentities(n int) identities {
	const alone, most = 1 << 12, 16
	parts := min(most, runtime.GOMAXPROCS(0))
	if n < alone {
		parts = 1
	}
	is := make(identities, parts)
	for i := range is {
		is[i] = make(map[evidence.GUID]*Process, n/parts)
	}
	return is
}

// part is the number of the part a GUID belongs to. Parts of GUIDs that count up or repeat are not left alone in one.
func (is identities) part(id evidence.GUID) int {
	if len(is) == 1 {
		return 0
	}
	be := binary.BigEndian
	mixed := (be.Uint64(id[:]) ^ be.Uint64(id[8:])) * 0x9e3779b97f4a7c15
	return int(mixed>>32) % len(is)
}

func (is identities) get(id evidence.GUID) *Process    { return is[is.part(id)][id] }
func (is identities) set(id evidence.GUID, p *Process) { is[is.part(id)][id] = p }

// startsByID enters starts that all have a GUID, those of each part of the identities beside those of the others. What comes of
// it is what entering one after the other gives.
func (b *book) startsByID() {
	parts := make([][]int32, len(b.table.byID))
	for i, e := range b.processes {
		part := b.table.byID.part(e.EntityID())
		parts[part] = append(parts[part], int32(i))
	}
	entered := make([]*Process, len(b.processes)) // where their first statement stood
	var all sync.WaitGroup
	for part, starts := range parts {
		all.Go(func() { b.enter(starts, b.table.byID[part], entered) })
	}
	all.Wait()
	b.table.all = slices.DeleteFunc(entered, func(p *Process) bool { return p == nil })
	for _, p := range b.table.all {
		if p.PID != 0 {
			b.table.byPID[p.PID] = append(b.table.byPID[p.PID], p)
		}
	}
}

// enter enters starts whose processes are known to nobody else.
func (b *book) enter(starts []int32, known map[evidence.GUID]*Process, entered []*Process) {
	var room room
	var read reader
	var details details
	for _, i := range starts {
		e := b.processes[i]
		b.processes[i] = nil
		p := known[e.EntityID()]
		if p == nil {
			p = room.new(b.host)
			known[e.EntityID()], entered[i] = p, p
		}
		p.merge(e, read.when(b, &e.Kept), &details)
	}
}
