// Package service tells application protocols from content. It sees payload only, never ports: a port suggests, content
// confirms.
package service

import (
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Side is a direction of a connection.
type Side uint8

// The directions.
const (
	Orig Side = iota
	Resp
)

// A Chunk is the next contiguous payload of one side of a TCP connection in sequence order, or one UDP datagram.
type Chunk struct {
	At    time.Time
	Frame uint64
	Side  Side
	// Data is valid during the call only.
	Data []byte
	// Gap is how many bytes the capture missed or cut off directly before Data; Data may be empty then.
	Gap uint64
	// Cut is how many bytes at the end of a UDP datagram the snaplen cut off.
	Cut uint32
}

// A Result is what a Session knows so far.
type Result struct {
	evidence.App
	// Client tells which side of the chunks spoke as the client, when the content settled it; ClientKnown says so. It
	// lets the flow tracker orient connections that began before the capture.
	Client      Side
	ClientKnown bool
}

// A Session follows the content of one connection.
//
// The flow tracker calls Feed with the chunks of both sides, TCP in sequence order per side, and may stop reassembly
// for a connection once Done says that nothing more is wanted.
type Session struct{}

// NewSession starts following a connection.
func NewSession(t evidence.Transport, file string) *Session { return &Session{} }

// Feed takes the next chunk. It keeps no reference to c.Data.
func (s *Session) Feed(c Chunk) {}

// Done tells that further content cannot change the result.
func (s *Session) Done() bool { return false }

// Result returns what is known; it may be called at any time, and finishes open messages when the connection is over.
func (s *Session) Result() Result { return Result{} }
