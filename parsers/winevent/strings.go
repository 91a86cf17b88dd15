package winevent

// Strings keeps one copy of texts that repeat: host names, channels, images and accounts stand in nearly every record. It
// belongs to one file and one goroutine.
type Strings struct {
	seen map[string]string
	last [256]string // by a look at three bytes: mostly the text is found here
}

// A longer text hardly repeats; a file with more different ones than that gains nothing from looking them up.
const (
	maxKept     = 512
	maxKeptText = 1 << 16
)

// Keep returns b as a string that does not share memory with it.
func (k *Strings) Keep(b []byte) string {
	if len(b) > maxKept || len(b) == 0 {
		return string(b)
	}
	last := &k.last[(len(b)*7+int(b[len(b)-1])*3+int(b[len(b)/2])*5+int(b[len(b)/4])*11)%len(k.last)]
	if *last != string(b) {
		*last = k.keep(b)
	}
	return *last
}

func (k *Strings) keep(b []byte) string {
	if s, ok := k.seen[string(b)]; ok {
		return s
	}
	s := string(b)
	if k.seen == nil {
		k.seen = map[string]string{}
	}
	if len(k.seen) < maxKeptText {
		k.seen[s] = s
	}
	return s
}
