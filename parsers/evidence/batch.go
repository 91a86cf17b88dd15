package evidence

// A Batch is a Sink that keeps everything one file states. Event records themselves are not kept, only counted: see
// Tally.
type Batch struct {
	Processes []*KeptProcess // any of these five may be most of a log
	Exits     []*KeptExit
	Sockets   Sockets
	Lookups   []*KeptLookup
	Accesses  []*KeptAccess
	Clearings []Cleared
	Conns     []Conn
	Apps      []AppRecord
	Captures  []Capture
	Certs     []KeptCertificate
	Leases    []Lease
	Namings   []Naming
	Problems  Problems
	Tallies   Tallies

	// Overflow is where connections go that memory has no room for, nil when all of them stay. Moved are those that went, in the
	// order of CompareConns; those of logs that tell of one connection in several records went to Parts, records of content
	// among them, in the order of CompareParts. Whole says that there are none of the latter: UIDs mean nothing any more.
	Overflow Overflow
	Moved    []ConnRun
	Parts    []ConnRun
	Whole    bool
	outlet   outlet

	keeper keeper
}

// Process keeps p.
func (b *Batch) Process(p Process) { b.Processes = append(b.Processes, b.keeper.process(&p)) }

// Exit keeps e.
func (b *Batch) Exit(e Exit) { b.Exits = append(b.Exits, b.keeper.exit(&e)) }

// Socket keeps s.
func (b *Batch) Socket(s Socket) { b.Sockets.Add(b.keeper.socket(&s)) }

// Lookup keeps l.
func (b *Batch) Lookup(l Lookup) { b.Lookups = append(b.Lookups, b.keeper.lookup(&l)) }

// Access keeps a.
func (b *Batch) Access(a Access) { b.Accesses = append(b.Accesses, b.keeper.access(&a)) }

// Cleared keeps c.
func (b *Batch) Cleared(c Cleared) { b.Clearings = append(b.Clearings, c) }

// Conn keeps c, or moves it with others to where there is room.
func (b *Batch) Conn(c Conn) {
	b.Conns = append(room(b.Conns, 1), c)
	b.hold(&b.Conns[len(b.Conns)-1].App, len(c.Series))
}

// App keeps a, or moves it likewise.
func (b *Batch) App(a AppRecord) {
	b.Apps = append(room(b.Apps, 1), a)
	b.hold(&b.Apps[len(b.Apps)-1].App, 0)
}

// Capture keeps c.
func (b *Batch) Capture(c Capture) { b.Captures = append(b.Captures, c) }

// Certificate keeps c.
func (b *Batch) Certificate(c Certificate) {
	b.Certs = append(room(b.Certs, 1), b.keeper.certificate(&c))
}

// Lease keeps l.
func (b *Batch) Lease(l Lease) { b.Leases = append(b.Leases, l) }

// Naming keeps n.
func (b *Batch) Naming(n Naming) { b.Namings = append(b.Namings, n) }

// Problem counts p, and keeps it as long as there are few.
func (b *Batch) Problem(p Problem) { b.Problems.add(p) }

// Record counts h.
func (b *Batch) Record(h Header) { b.Tallies.add(&h) }

// Records returns how much was read, in the unit of the format: events, frames or lines.
func (b *Batch) Records() uint64 {
	n := b.Tallies.Records
	for _, c := range b.Captures {
		n += c.Frames + c.Lines
	}
	return n
}

// Problems holds the first problems of a file and counts all.
type Problems struct {
	First []Problem // at most MaxProblems, in the order of the file
	Total int
	Lost  uint64 // records known to be lost
	// Incomplete tells whether one of all problems means that the file was not read wholly.
	Incomplete bool
}

// MaxProblems bounds Problems.First.
const MaxProblems = 100

func (ps *Problems) add(p Problem) {
	ps.Total++
	ps.Incomplete = ps.Incomplete || p.Incomplete()
	if p.Known {
		ps.Lost += p.Lost
	}
	if len(ps.First) < MaxProblems {
		ps.First = append(ps.First, p)
	}
}
