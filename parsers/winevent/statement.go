package winevent

import "github.com/wirewitness/wirewitness/parsers/evidence"

// statements holds what the meaning of an event fills in. It is used again for the next event: sinks take copies.
type statements struct {
	process evidence.Process
	exit    evidence.Exit
	socket  evidence.Socket
	asked   evidence.Lookup
	reach   evidence.Access
	cleared evidence.Cleared
}

// A statement hands over what an event means once its header is complete.
type statement func(e *event, out evidence.Sink)

func stateProcess(e *event, out evidence.Sink) {
	e.process.Header = e.Header
	out.Process(e.process)
}

func stateExit(e *event, out evidence.Sink) {
	e.exit.Header = e.Header
	out.Exit(e.exit)
}

func stateSocket(e *event, out evidence.Sink) {
	e.socket.Header = e.Header
	out.Socket(e.socket)
}

func stateLookup(e *event, out evidence.Sink) {
	e.asked.Header = e.Header
	out.Lookup(e.asked)
}

func stateAccess(e *event, out evidence.Sink) {
	e.reach.Header = e.Header
	out.Access(e.reach)
}

func stateCleared(e *event, out evidence.Sink) {
	e.cleared.Header = e.Header
	out.Cleared(e.cleared)
}
