package correlate

import (
	"strings"

	"github.com/wirewitness/wirewitness/analyze/abreast"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// parents links children to the process that started them, by GUID, else by a PID that was alive.
func (b *book) parents() {
	abreast.Stretches(len(b.table.all), func(from, to int) {
		for _, p := range b.table.all[from:to] {
			p.Parent = b.parentOf(p)
		}
	})
	b.breakLoops()
}

func (b *book) parentOf(p *Process) *Process {
	if parent := b.table.byID.get(p.parentID); parent != nil && parent != p {
		return parent
	}
	if p.ParentPID == 0 || p.Start.IsZero() {
		return nil
	}
	parent := b.alive(evidence.Program{PID: p.ParentPID, Image: p.ParentImage}, p.Start.Time())
	if parent == nil || parent == p || parent.Start > p.Start {
		return nil
	}
	return parent
}

// breakLoops cuts circles that hostile or damaged records may describe.
func (b *book) breakLoops() {
	for _, p := range b.table.all {
		slow, steps := p, 0
		for q := p.Parent; q != nil; q = q.Parent {
			if steps++; q == p || q == slow && steps > 1 || steps > maxChain {
				p.Parent = nil
				break
			}
			if steps%2 == 0 {
				slow = slow.Parent
			}
		}
	}
}

// maxChain bounds the length of a chain of parents.
const maxChain = 64

// drives rewrites device paths into drive letters where processes of the same host show which volume is which drive.
func (b *book) drives() {
	volumes := b.volumes()
	if len(volumes) == 0 {
		return
	}
	for _, p := range b.table.all {
		if letters := volumes[volumeOf(p.Image)]; len(letters) == 1 {
			for l := range letters {
				p.Details = b.details.with(p.Details, l+tail(p.Image), p.User)
			}
		}
	}
}

// volumes are the drives that each volume may be: a process whose socket names a file on the volume was started from a file of
// the same path on the drive.
func (b *book) volumes() map[string]map[string]bool {
	type holder struct {
		pid   uint32
		image string
	}
	onDevice, drives := map[holder]bool{}, map[holder]map[string]bool{} // by the path on the device and without it
	pids := map[uint32]bool{}
	for _, s := range b.sockets.All() {
		who := s.Program()
		if h := (holder{who.PID, who.Image}); !onDevice[h] && volumeOf(who.Image) != "" {
			onDevice[h], pids[h.pid], drives[holder{h.pid, tail(h.image)}] = true, true, map[string]bool{}
		}
	}
	for pid := range pids {
		for _, p := range b.table.byPID[pid] {
			if of := drives[holder{pid, tail(p.Image)}]; of != nil && len(p.Image) > 2 && p.Image[1] == ':' {
				of[strings.ToUpper(p.Image[:2])] = true
			}
		}
	}
	volumes := map[string]map[string]bool{}
	for h := range onDevice {
		for drive := range drives[holder{h.pid, tail(h.image)}] {
			v := volumeOf(h.image)
			if volumes[v] == nil {
				volumes[v] = map[string]bool{}
			}
			volumes[v][drive] = true
		}
	}
	return volumes
}

// volumeOf returns the device part of \device\harddiskvolumeN\..., "" for other paths.
func volumeOf(path string) string {
	p := strings.ToLower(path)
	if rest, ok := strings.CutPrefix(p, `\device\harddiskvolume`); ok {
		if i := strings.IndexByte(rest, '\\'); i > 0 {
			return p[:len(p)-len(rest)+i]
		}
	}
	return ""
}
