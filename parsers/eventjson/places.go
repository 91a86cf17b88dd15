package eventjson

// Places are where a layout has what a shape names: of every list of paths those that lead somewhere.
type places struct {
	flat                                                               bool
	id, provider, channel, computer, record, user, writer, texts, data []int32
	times                                                              []timePlace
	ownsProcessID                                                      bool // see writerIsProcessID
}

// A timePlace is where a time stands, and the name it goes by.
type timePlace struct {
	at    int32
	field string
}

// A shaped is what shapes make of a layout, in memory that is used again for the next.
type shaped struct {
	all   []places
	at    []int32
	times []timePlace
	known bool
}

func (s *shaped) reset() { s.all, s.at, s.times, s.known = s.all[:0], s.at[:0], s.times[:0], false }

// shapes are those that an object of this layout may have, by the event id.
func (l *layout) shapes() []places {
	if !l.shaped.known {
		l.shaped.known = true
		for i := range shapes {
			if s := &shapes[i]; len(l.places(s.id)) > 0 {
				l.shaped.all = append(l.shaped.all, l.placesOf(s))
			}
		}
	}
	return l.shaped.all
}

func (l *layout) placesOf(s *shape) places {
	p := places{flat: s.flat, id: l.places(s.id), provider: l.places(s.provider), channel: l.places(s.channel), computer: l.places(s.computer),
		record: l.places(s.record), user: l.places(s.user), writer: l.places(s.writer), texts: l.places(s.texts), data: l.places(s.data), times: l.times(s.times)}
	if p.ownsProcessID = s.flat && l.writerIsProcessID(); p.ownsProcessID {
		p.writer = l.places([]path{{"ProcessID"}})
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

func (l *layout) places(ps []path) []int32 {
	from := len(l.shaped.at)
	for _, p := range ps {
		if at := l.along(p); at != none {
			l.shaped.at = append(l.shaped.at, at)
		}
	}
	return l.shaped.at[from:]
}

func (l *layout) times(ps []path) []timePlace {
	from := len(l.shaped.times)
	for _, p := range ps {
		if at := l.along(p); at != none {
			l.shaped.times = append(l.shaped.times, timePlace{at, p.field()})
		}
	}
	return l.shaped.times[from:]
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
