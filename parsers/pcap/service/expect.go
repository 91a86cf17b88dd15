package service

import (
	"net/netip"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// An Expectation is a connection that the content of another one announces.
type Expectation struct {
	Protocol string
	// At is one end of it. Where its address or port is not stated, it is that of the Side of the connection that
	// announces.
	At   netip.AddrPort
	Side Side
	// Transport is that of the connection announced, "" for the same as that of the one that announces.
	Transport evidence.Transport
	// Unless leaves a connection alone whose own content tells another protocol.
	Unless bool
}

// Expected returns what the content has announced since the last call.
func (s *Session) Expected() []Expectation {
	if r, ok := s.reader.(interface{ expects() []Expectation }); ok {
		return r.expects()
	}
	return nil
}
