package parsers

import "github.com/wirewitness/wirewitness/parsers/evidence"

// A Source is one file of the evidence and what it states.
type Source struct {
	Name     string // unique; see Input
	Size     uint64 // bytes as stored
	SHA256   string // hex, of the bytes as stored; "" when they could not be read
	Format   string // "" when no format recognised it
	Unit     string // what Records counts
	Unpacked string // "gzip" or "zstd" when it was unwrapped
	State    string // one of the states below
	SameAs   string // name of the source with the same content that was read in its place
	Records  uint64
	// Problems are the first ones; ProblemsTotal counts all, Lost the records known to be lost.
	Problems      []evidence.Problem
	ProblemsTotal int
	Lost          uint64
	// Batch is what the file states; it is never nil.
	Batch *evidence.Batch
}

// The states of a source.
const (
	Read       = "read"
	ReadInPart = "read in part"
	Unknown    = "unknown" // no format recognised it
	Empty      = "empty"
	Unreadable = "unreadable" // it could not be opened, or nothing could be read of a recognised file
)

// Incomplete tells whether something that ought to have been read was not.
func (s *Source) Incomplete() bool { return s.State == ReadInPart || s.State == Unreadable }

// problem notes something about the file as a whole.
func (s *Source) problem(kind evidence.ProblemKind, err error) {
	s.Batch.Problem(evidence.Problem{Kind: kind, Ref: evidence.Ref{File: s.Name}, Err: err})
}

// settle derives the figures and the state once a recognised file has been parsed.
func (s *Source) settle() {
	s.Records = s.Batch.Records()
	s.figures()
	switch {
	case !s.Batch.Problems.Incomplete:
		s.State = Read
	case s.Records == 0:
		s.State = Unreadable
	default:
		s.State = ReadInPart
	}
}

func (s *Source) figures() {
	s.Problems = s.Batch.Problems.First
	s.ProblemsTotal = s.Batch.Problems.Total
	s.Lost = s.Batch.Problems.Lost
}
