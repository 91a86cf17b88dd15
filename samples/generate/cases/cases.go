// Package cases holds the sample cases: a file each, which tells what happens and what must be found.
package cases

import "github.com/wirewitness/wirewitness/samples/generate/transcript"

// All lists the cases.
var All = []Case{
	httpsUpload,
	tlsBeacon,
	dnsTunnel,
	smbInternet,
	busyWorkstation,
	onlyProcess,
	onlyPort,
	onlyVolume,
	onlyTiming,
	onlyContent,
}

// A Case is one folder of evidence.
type Case struct {
	Name string
	// Made says what the evidence is and which recorded conversations went into it.
	Made   string
	Expect Expect
	Build  func() []File
}

// An Expect is what the analysis must make of a case.
type Expect struct {
	// Statement says for people what must be found, or why the case is clean.
	Statement string `json:"statement"`
	// Clean: no finding at medium or above. Otherwise First is the finding of rank 1.
	Clean bool   `json:"clean"`
	First *First `json:"first,omitempty"`
}

// A First describes the finding that must come first.
type First struct {
	Host string `json:"host"`
	// Programs are the base names that the finding may name.
	Programs []string `json:"programs"`
	Peer     string   `json:"peer"`
	Domain   string   `json:"domain,omitempty"`
	Port     uint16   `json:"port"`
	// Severity is the least that it must have.
	Severity string `json:"severity"`
	// Families are those whose facts it must have; with Only it must have no others.
	Families []string `json:"families"`
	Only     bool     `json:"only,omitempty"`
}

// A File is one file of a case, named relative to its folder.
type File struct {
	Name string
	Data []byte
}

// one loads a transcript that holds a single conversation.
func one(name string) transcript.Conversation { return transcript.Load(name)[0] }
