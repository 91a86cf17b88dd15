package service

import "bytes"

// A half recognises what one side says first. closed tells that nothing will be added to b. It answers no, maybe or yes.
type half func(b []byte, closed bool) verdict

// sides recognises a protocol by either side alone: captures begin late and see only one direction. A side that has not
// spoken yet does not hold up the lines below.
func sides(client, server half) func(*opening) verdict {
	return func(o *opening) verdict {
		waits := no
		for _, side := range [...]Side{o.first, o.first.other()} {
			for i, says := range [...]half{client, server} {
				v := o.ask(says, side)
				if v >= yes && i == 0 {
					return asks(side)
				}
				if v >= yes {
					return asks(side.other())
				}
				waits = max(waits, v)
			}
		}
		return waits
	}
}

// ask puts what the side has said before one half of a matcher.
func (o *opening) ask(says half, side Side) verdict {
	if len(o.head[side]) == 0 || says == nil {
		return no
	}
	v := says(o.head[side], o.closed[side])
	if v == maybe && o.closed[side] {
		return no
	}
	return v
}

// begins is a half for a fixed beginning.
func begins(with string) half {
	return func(b []byte, _ bool) verdict { return prefix(b, with) }
}

// prefix tells whether b begins with the text, as far as b goes.
func prefix(b []byte, text string) verdict {
	if n := min(len(b), len(text)); string(b[:n]) != text[:n] {
		return no
	}
	if len(b) < len(text) {
		return maybe
	}
	return yes
}

// prefixes is the best verdict over several beginnings.
func prefixes(b []byte, texts ...string) verdict {
	v := no
	for _, t := range texts {
		if len(b) == 0 || b[0] == t[0] {
			v = max(v, prefix(b, t))
		}
	}
	return v
}

// maxLine is how long a line may get before it is not one.
const maxLine = 4 << 10

// line cuts the first line off b, without its line end. It answers maybe while there is none, and no when it gets too
// long or holds control characters. At the end of the stream the line may lack its end.
func line(b []byte, closed bool) (text []byte, v verdict) {
	n := bytes.IndexByte(b[:min(len(b), maxLine)], '\n')
	text, v = b, maybe
	switch {
	case n >= 0:
		text, v = bytes.TrimSuffix(b[:n], []byte("\r")), yes
	case len(b) >= maxLine:
		return nil, no
	case closed:
		v = yes
	}
	if !printable(bytes.TrimSuffix(text, []byte("\r"))) {
		return nil, no
	}
	return text, v
}

// printable tells that b holds no control characters but tabs.
func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
