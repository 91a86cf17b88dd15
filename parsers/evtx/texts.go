package evtx

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"

	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// texts remembers the text of stored values, so that one that repeats is neither converted nor kept twice. Each value has
// one place where it can be remembered; the latest stays.
type texts struct {
	seed    maphash.Seed
	strings [1 << 13]memo
	days    dayMemo
	buf     []byte
	literal winevent.FieldText // of the value asked for last
	all     winevent.Strings
}

// A memo is a value and its text.
type memo struct {
	kind byte
	raw  []byte
	text winevent.FieldText
}

// maxMemo bounds the size of a value that is remembered: a call trace has some 1,000 characters, a command line may have
// 32,767.
const maxMemo = 1 << 12

func newTexts() *texts { return &texts{seed: maphash.MakeSeed()} }

// of returns the text of a value that is there.
func (t *texts) of(v value) *winevent.FieldText {
	switch {
	case !v.ok || len(v.b) == 0:
		t.literal = winevent.NewText(v.text)
		return &t.literal
	case v.kind != kindString:
		return t.all.Text([]byte(text(v.kind, v.b)))
	case len(v.b) > maxMemo:
		return t.fresh(v)
	}
	m := &t.strings[maphash.Bytes(t.seed, v.b)%uint64(len(t.strings))]
	if !bytes.Equal(m.raw, v.b) {
		m.raw, m.text = append(m.raw[:0], v.b...), *t.fresh(v)
	}
	return &m.text
}

func (t *texts) fresh(v value) *winevent.FieldText {
	narrow, ok := ascii(t.buf[:0], v.b)
	if !ok {
		return t.all.Text([]byte(text(v.kind, v.b)))
	}
	t.buf = narrow
	return t.all.Text(narrow)
}

// ascii appends UTF-16 text that is ASCII throughout, without the zeros at its end.
func ascii(to, b []byte) ([]byte, bool) {
	for len(b) >= 2 && b[len(b)-1] == 0 && b[len(b)-2] == 0 {
		b = b[:len(b)-2]
	}
	const high = 0xff80ff80ff80ff80
	for ; len(b) >= 8; b = b[8:] {
		four := binary.LittleEndian.Uint64(b)
		if four&high != 0 {
			return nil, false
		}
		to = append(to, byte(four), byte(four>>16), byte(four>>32), byte(four>>48))
	}
	for ; len(b) >= 2; b = b[2:] {
		if b[1] != 0 || b[0] >= 0x80 {
			return nil, false
		}
		to = append(to, b[0])
	}
	return to, true
}
