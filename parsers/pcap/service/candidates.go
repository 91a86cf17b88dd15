package service

import "sync"

// A set is some lines of the list of protocols, by their numbers.
type set = uint64

// candidates are the lines that may recognise what both sides have said, by the first byte of each.
func (o *opening) candidates() set {
	var all set
	for _, head := range o.head {
		if len(head) > 0 {
			all |= byFirst()[head[0]]
		}
	}
	return all
}

// byFirst are the lines that do not say no to a connection of which they see a first byte. Unless it is late, a matcher never
// takes back a no, so that asking each about each byte tells.
var byFirst = sync.OnceValue(func() *[256]set {
	var may [256]set
	for i, p := range protocols {
		for b := range may {
			o := &opening{head: [2][]byte{{byte(b)}}}
			if p.tcp != nil && (p.late || p.tcp(o) != no) {
				may[b] |= 1 << i
			}
		}
	}
	return &may
})
