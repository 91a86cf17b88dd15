package pcap

// A line is a list through connections, in the order in which they came to it. Each may stand in one of the tracker's and in
// one of the listener's, which are at work beside one another.
type line struct {
	first, last *flow
	heard       bool // it is the listener's
}

// A standing is the place of a connection in a line.
type standing struct{ before, behind *flow }

func (l *line) of(f *flow) *standing {
	if l.heard {
		return &f.kept
	}
	return &f.waiting
}

func (l *line) add(f *flow) {
	*l.of(f) = standing{before: l.last}
	if l.last != nil {
		l.of(l.last).behind = f
	} else {
		l.first = f
	}
	l.last = f
}

func (l *line) remove(f *flow) {
	at := l.of(f)
	if at.before != nil {
		l.of(at.before).behind = at.behind
	} else {
		l.first = at.behind
	}
	if at.behind != nil {
		l.of(at.behind).before = at.before
	} else {
		l.last = at.before
	}
	*at = standing{}
}
