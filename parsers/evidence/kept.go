package evidence

import (
	"cmp"
	"strings"
	"time"
)

// A Kept is a Header as a Batch keeps it. Logs hold records by the million, so what those of one kind share stands once, times
// are numbers, and of numbers that change little from one record to the next each keeps the lower half only.
type Kept struct {
	*series
	n, id  uint32
	later  [MaxStamps - 1]uint32 // how long after the first stamp the others are
	at     Instant
	digest uint64
}

// A series is records of one origin that have the upper halves of their numbers in common.
type series struct {
	*origin
	upper   [2]uint32
	lags    [MaxStamps - 1]int32
	stamped [MaxStamps - 1]bool
}

// halve splits the time from one stamp to another. What lies near none, before or after, has one upper half.
func halve(lag Instant) (upper int32, lower uint32) {
	lag += 1 << 31
	return int32(lag >> 32), uint32(lag)
}

func join64(upper, lower uint32) uint64 { return uint64(upper)<<32 | uint64(lower) }

// An origin is what the records of one kind in one log share.
type origin struct {
	file, unit                  string
	computer, provider, channel string
	eventID                     uint32
	fields                      [MaxStamps]string
	steps                       [MaxStamps]time.Duration
	recovered                   Recovery
}

// Record returns the record of an observation that is kept.
func (k *Kept) Record() *Kept { return k }

// Header returns what was kept.
func (k *Kept) Header() Header {
	h := Header{Ref: k.Ref(), Computer: k.computer, Provider: k.provider, Channel: k.channel, EventID: k.eventID,
		RecordID: join64(k.upper[1], k.id), Digest: k.digest, Recovered: k.recovered}
	for i := range h.Stamps {
		h.Stamps[i] = Stamp{k.At(i).Time(), k.fields[i], k.steps[i]}
	}
	return h
}

// Ref returns the reference of the record.
func (k *Kept) Ref() Ref { return k.Place().Ref() }

// Place returns the same in less memory.
func (k *Kept) Place() Place { return Place{k.origin, join64(k.upper[0], k.n)} }

// A Place is a Ref of which the records of one log have all but the number in common.
type Place struct {
	of *origin
	n  uint64
}

// Place returns the place that r points at.
func (r Ref) Place() Place { return Place{&origin{file: r.File, unit: r.Unit}, r.N} }

// Ref returns the reference.
func (p Place) Ref() Ref { return Ref{p.of.file, p.of.unit, p.n} }

// Provider and EventID tell which kind of event it is.
func (k *Kept) Provider() string { return k.provider }
func (k *Kept) EventID() uint32  { return k.eventID }

// Recovered tells whether and from where the record was recovered.
func (k *Kept) Recovered() Recovery { return k.recovered }

// Stamp returns the stamp of the given field and whether the record has it.
func (k *Kept) Stamp(field string) (Stamp, bool) {
	for i, f := range k.fields {
		if at := k.At(i); f == field && !at.IsZero() {
			return Stamp{at.Time(), f, k.steps[i]}, true
		}
	}
	return Stamp{}, false
}

// Field and At are what stands in a stamp of the record.
func (k *Kept) Field(stamp int) string { return k.fields[stamp] }
func (k *Kept) At(stamp int) Instant {
	switch i := stamp - 1; {
	case i < 0:
		return k.at
	case k.stamped[i]:
		return k.at + Instant(join64(uint32(k.lags[i]), k.later[i])) - 1<<31
	}
	return 0
}

// Repeats tells whether a stamp only repeats an earlier one.
func (k *Kept) Repeats(stamp int) bool {
	for i := range stamp {
		if k.At(i) == k.At(stamp) {
			return true
		}
	}
	return false
}

// Alike tells whether two records are of one kind in one log and have the same stamps.
func (k *Kept) Alike(o *Kept) bool { return k.origin == o.origin }

// Computer returns the host name as the record writes it.
func (k *Kept) Computer() string { return k.computer }

// Digest returns that of the record.
func (k *Kept) Digest() uint64 { return k.digest }

// CompareKept orders records by best time and reference, those the log holds before what was recovered of it.
func CompareKept(a, b *Kept) int {
	if a.at != b.at {
		return cmp.Compare(a.at, b.at)
	}
	return cmp.Or(cmp.Compare(a.recovered, b.recovered), CompareRefs(a.Ref(), b.Ref()), cmp.Compare(a.digest, b.digest))
}

// A KeptProcess is a Process as a Batch keeps it.
type KeptProcess struct {
	Kept
	texts            *ProcessTexts
	entityID, parent GUID
	pid, parentPID   uint32
}

// ProcessTexts are what a process start says in words. Starts that say the same mostly have them in common.
type ProcessTexts struct {
	Image, User, CommandLine                    string
	OriginalName, Company, Product, Description string
	Hashes, Integrity                           string
	ParentImage, ParentUser, ParentLine         string
}

// Process returns what was kept.
func (k *KeptProcess) Process() Process {
	t := k.texts
	return Process{Header: k.Header(), Program: Program{k.entityID, k.pid, t.Image, t.User}, CommandLine: t.CommandLine,
		OriginalName: t.OriginalName, Company: t.Company, Product: t.Product, Description: t.Description,
		Hashes: t.Hashes, Integrity: t.Integrity, Parent: Program{k.parent, k.parentPID, t.ParentImage, t.ParentUser}, ParentLine: t.ParentLine}
}

// EntityID and PID tell the process, ParentID and ParentPID the one that started it.
func (k *KeptProcess) EntityID() GUID    { return k.entityID }
func (k *KeptProcess) PID() uint32       { return k.pid }
func (k *KeptProcess) ParentID() GUID    { return k.parent }
func (k *KeptProcess) ParentPID() uint32 { return k.parentPID }

// Texts must not be changed.
func (k *KeptProcess) Texts() *ProcessTexts { return k.texts }

// A KeptExit is an Exit as a Batch keeps it.
type KeptExit struct {
	Kept
	who      *who
	entityID GUID
	pid      uint32
}

type who struct{ image, user string }

// Program returns which process ended.
func (k *KeptExit) Program() Program { return Program{k.entityID, k.pid, k.who.image, k.who.user} }

// Exit returns what was kept.
func (k *KeptExit) Exit() Exit { return Exit{k.Header(), k.Program()} }

// A KeptAccess is an Access as a Batch keeps it.
type KeptAccess struct {
	Kept
	texts                *accessTexts
	sourceID, targetID   GUID
	sourcePID, targetPID uint32
	granted              uint32
	kind                 AccessKind
}

type accessTexts struct {
	source, target         who
	startModule, callTrace string
}

// Source returns which process reached into Target.
func (k *KeptAccess) Source() Program {
	return Program{k.sourceID, k.sourcePID, k.texts.source.image, k.texts.source.user}
}

// Target returns which process Source reached into.
func (k *KeptAccess) Target() Program {
	return Program{k.targetID, k.targetPID, k.texts.target.image, k.texts.target.user}
}

// Kind and Granted are the fields of Access.
func (k *KeptAccess) Kind() AccessKind { return k.kind }
func (k *KeptAccess) Granted() uint32  { return k.granted }

// Unbacked tells whether the call came from memory that no file backs.
func (k *KeptAccess) Unbacked() bool { return strings.Contains(k.texts.callTrace, "UNKNOWN") }

// Everyday tells whether it is no remote thread, and came from a module.
func (k *KeptAccess) Everyday() bool {
	return k.kind != RemoteThread && !k.Unbacked()
}

// Access returns what was kept.
func (k *KeptAccess) Access() Access {
	return Access{Header: k.Header(), Kind: k.kind, Source: k.Source(), Target: k.Target(), Granted: k.granted,
		StartModule: k.texts.startModule, CallTrace: k.texts.callTrace}
}
