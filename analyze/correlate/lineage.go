package correlate

import (
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// parents links children to the process that started them, by GUID, else by a PID that was alive.
func (b *book) parents() {
	sideBySide(len(b.table.all), func(from, to int) {
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
	volumes := map[string]map[string]int{}
	see := func(device, drive string) {
		if v := volumeOf(device); v != "" && len(drive) > 2 && drive[1] == ':' && tail(device) == tail(drive) {
			if volumes[v] == nil {
				volumes[v] = map[string]int{}
			}
			volumes[v][strings.ToUpper(drive[:2])]++
		}
	}
	type holder struct {
		pid   uint32
		image string
	}
	seen := map[holder]bool{}
	for _, s := range b.sockets {
		who := s.Program()
		h := holder{who.PID, who.Image}
		if seen[h] || volumeOf(who.Image) == "" {
			continue
		}
		seen[h] = true
		for _, p := range b.table.byPID[who.PID] {
			see(who.Image, p.Image)
		}
	}
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
