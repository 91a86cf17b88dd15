package finding

import (
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A NameUse is what one process of one host asked for under one registered domain. What a capture or sensor shows
// counts; a host's log adds who asked, and the look-ups that the wire does not show of that process.
type NameUse struct {
	Host      string // "" when no host name is known
	HostAddrs []netip.Addr
	Process   Process // executable, name, ids and start of the one that asked; empty when not known
	Domain    string  // registered domain, "" for names that lie under none
	// Queries asked for UniqueNames different names, or for more where MoreNames is set.
	Queries     int
	UniqueNames int
	MoreNames   bool
	// LabelLength is the mean number of characters below the registered domain, dots not counted, Entropy the mean of
	// their Shannon entropy in bits per character: over the different names, each counted once.
	LabelLength, Entropy float64
	// Types are the most frequent record types; OtherTypes counts the queries for further ones. A host's log need not
	// state the type, so that both together may be fewer than Queries.
	Types      []TypeCount
	OtherTypes int
	// Sent and Received are the bytes of the DNS messages that were measured, Texts the bytes in TXT and NULL answers.
	Sent, Received, Texts evidence.Count
	First, Last           time.Time // corrected UTC
	// Logged tells that the host's log says who asked; otherwise Process is whoever sent the questions.
	Logged    bool
	Refs      []evidence.Ref // the first ones; RefsTotal counts all
	RefsTotal int
}

// A TypeCount counts the queries for one record type.
type TypeCount struct {
	Type    uint16 // as the IANA numbers it
	Queries int
}
