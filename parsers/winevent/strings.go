package winevent

import "strings"

// A FieldText is the text of a field, as it is written and as the meaning of an event takes it, and the hash over that: what
// repeats from record to record is trimmed and hashed once.
type FieldText struct {
	written, trimmed string
	hash             uint64
}

// NewText returns a text that a container has for a field.
func NewText(s string) FieldText {
	t := unset(strings.TrimSpace(s))
	return FieldText{s, t, fold(hashStep, t)}
}

// Written is the text as the container has it.
func (t *FieldText) Written() string { return t.written }

var noText = NewText("")

// unset is what the log's word for "nothing here" stands for.
func unset(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

// Strings keeps one copy of texts that repeat: host names, channels, images and accounts stand in nearly every record. It
// belongs to one file and one goroutine.
type Strings struct {
	seen map[string]*FieldText
	last [256]*FieldText // by a look at three bytes: mostly the text is found here
	held int             // bytes in seen
}

// A longer text than maxKept, which some call traces have, hardly repeats; a file with more different ones than fit into
// maxHeld gains nothing from looking them up.
const (
	maxKept = 2 << 10
	maxHeld = 16 << 20
	perText = 128 // bytes beside those of the text
)

// Keep returns b as a string that does not share memory with it.
func (k *Strings) Keep(b []byte) string {
	if len(b) > maxKept || len(b) == 0 {
		return string(b)
	}
	return k.find(b).written
}

// Text is Keep for what a field holds.
func (k *Strings) Text(b []byte) *FieldText {
	if len(b) > maxKept || len(b) == 0 {
		t := NewText(string(b))
		return &t
	}
	return k.find(b)
}

func (k *Strings) find(b []byte) *FieldText {
	last := &k.last[(len(b)*7+int(b[len(b)-1])*3+int(b[len(b)/2])*5+int(b[len(b)/4])*11)%len(k.last)]
	if *last == nil || (*last).written != string(b) {
		*last = k.keep(b)
	}
	return *last
}

func (k *Strings) keep(b []byte) *FieldText {
	if t := k.seen[string(b)]; t != nil {
		return t
	}
	t := NewText(string(b))
	if k.seen == nil {
		k.seen = map[string]*FieldText{}
	}
	if k.held < maxHeld {
		k.held += len(b) + perText
		k.seen[t.written] = &t
	}
	return &t
}
