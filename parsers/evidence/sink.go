package evidence

import "fmt"

// ProblemKind classifies what went wrong with a place in a file.
type ProblemKind string

// The kinds of problems. Damage ends in exit status 3; the others are only listed.
const (
	Damaged     ProblemKind = "damaged"     // bytes are there and make no sense, or a checksum does not fit
	Truncated   ProblemKind = "truncated"   // the file ends before it should
	Unreadable  ProblemKind = "unreadable"  // the file or a part of it could not be read at all
	Unsupported ProblemKind = "unsupported" // well-formed as far as seen, but nothing here reads it
	Suspect     ProblemKind = "suspect"     // readable, but the value contradicts itself and was not used
	Defect      ProblemKind = "defect"      // this program failed on it
)

// A Problem is something that could not be read, with its place and, where known, how much was lost.
type Problem struct {
	Kind ProblemKind
	Ref  Ref
	// Lost is the number of records (of the unit of the format: events, frames, lines) lost, when Known.
	Lost  uint64
	Known bool
	Err   error
}

func (p Problem) Error() string {
	place := p.Ref.File
	if p.Ref.Unit != "" {
		place = fmt.Sprintf("%s (%s %d)", place, p.Ref.Unit, p.Ref.N)
	}
	return fmt.Sprintf("%s: %s: %v", place, p.Kind, p.Err)
}

func (p Problem) Unwrap() error { return p.Err }

// Incomplete tells whether the problem means that a recognised file was not read wholly.
func (p Problem) Incomplete() bool { return p.Kind != Suspect }

// A Sink takes observations. A parser calls it from one goroutine, in the order of the file.
type Sink interface {
	// Record is called once for every event record of a log that could be read, whatever its meaning: coverage is
	// counted from it. Observations made from the record follow it.
	Record(Header)
	Process(Process)
	Exit(Exit)
	Socket(Socket)
	Lookup(Lookup)
	Access(Access)
	Cleared(Cleared)
	Conn(Conn)
	App(AppRecord)
	Capture(Capture)
	Certificate(Certificate)
	Lease(Lease)
	Naming(Naming)
	Problem(Problem)
}
