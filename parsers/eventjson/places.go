package eventjson

// Places are where a layout has what a shape names: of every list of paths those that lead somewhere.
type places struct {
	flat                                                               bool
	id, provider, channel, computer, record, user, writer, texts, data []int32
	times                                                              []int32
	fields                                                             []string // names of times
	ownsProcessID                                                      bool     // see writerIsProcessID
}

// shapes are those that an object of this layout may have, by the event id.
func (l *layout) shapes() []places {
	if l.shaped == nil {
		l.shaped = []places{}
		for i := range shapes {
			if s := &shapes[i]; len(l.places(s.id)) > 0 {
				l.shaped = append(l.shaped, l.placesOf(s))
			}
		}
	}
	return l.shaped
}

func (l *layout) placesOf(s *shape) places {
	p := places{flat: s.flat, id: l.places(s.id), provider: l.places(s.provider), channel: l.places(s.channel), computer: l.places(s.computer),
		record: l.places(s.record), user: l.places(s.user), writer: l.places(s.writer), texts: l.places(s.texts), data: l.places(s.data)}
	if p.ownsProcessID = s.flat && l.writerIsProcessID(); p.ownsProcessID {
		p.writer = l.places([]path{{"ProcessID"}})
	}
	for _, t := range s.times {
		if at := l.along(t); at != none {
			p.times, p.fields = append(p.times, at), append(p.fields, t.field())
		}
	}
	return p
}

// writerIsProcessID tells whether the ProcessID of a flat record is the process that wrote the event. NXLog named it so
// before it had ExecutionProcessID, over whatever the event itself called ProcessID; the thread stands beside it.
func (l *layout) writerIsProcessID() bool {
	return l.search("ThreadID", 0) != none && l.search("ExecutionProcessID", 0) == none
}

// field names a time after its element: the schema's SystemTime is an attribute of TimeCreated.
func (p path) field() string {
	if last := p[len(p)-1]; last != "SystemTime" {
		return last
	}
	return "TimeCreated"
}

func (l *layout) places(ps []path) (all []int32) {
	for _, p := range ps {
		if at := l.along(p); at != none {
			all = append(all, at)
		}
	}
	return all
}

// along follows a path from the root.
func (l *layout) along(p path) int32 {
	at := int32(0)
	for _, name := range p {
		if at = l.search(name, at); at == none {
			break
		}
	}
	return at
}
