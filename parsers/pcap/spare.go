package pcap

// spare is the memory of connections that have been stated: those without TCP and those with it, which needs more.
type spare struct{ other, tcp []*flow }

// maxSpare is how many of either are kept: with room for ordinaryBursts, about ten megabytes.
const (
	maxSpare       = 1 << 13
	ordinaryBursts = 8
)

// take makes a connection of which nothing is known.
func (l *spare) take(proto uint8) *flow {
	from := &l.other
	if proto == protoTCP {
		from = &l.tcp
	}
	if n := len(*from); n > 0 {
		f := (*from)[n-1]
		*from = (*from)[:n-1]
		return f
	}
	if proto != protoTCP {
		return &flow{}
	}
	both := &struct {
		flow
		tcp
	}{}
	both.flow.tcp = &both.tcp
	return &both.flow
}

// clear forgets everything of a connection that nothing points to any more.
func (f *flow) clear() {
	past := f.series.past[:0]
	if cap(past) > ordinaryBursts {
		past = nil
	}
	if f.tcp != nil {
		*f.tcp = tcp{}
	}
	*f = flow{tcp: f.tcp, series: series{past: past}}
}

// put takes a connection that is cleared.
func (l *spare) put(f *flow) {
	switch {
	case f.tcp == nil && len(l.other) < maxSpare:
		l.other = append(l.other, f)
	case f.tcp != nil && len(l.tcp) < maxSpare:
		l.tcp = append(l.tcp, f)
	}
}
