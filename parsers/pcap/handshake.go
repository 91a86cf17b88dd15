package pcap

// A phase is what an end has done so far.
type phase uint8

const (
	inactive    phase = iota
	partial           // sent something, but no SYN
	synSent           // sent a SYN
	synAckSent        // answered a SYN that was not seen
	established       // took part in a handshake
	finSent
	resetSent
)

// phases moves the sender and, in a handshake, its peer on.
func (c *tcp) phases(p *packet, dir int) {
	me, peer := &c.ends[dir], &c.ends[1-dir]
	switch {
	case me.phase == finSent && peer.phase == finSent:
		// A RST that follows both FINs ends nothing.
	case p.has(flagRST):
		me.phase = resetSent
	case p.has(flagSYN | flagACK):
		if me.phase == inactive && peer.phase == inactive {
			me.phase = synAckSent
		} else if me.phase <= synAckSent {
			me.phase = established
			if peer.phase == synSent {
				peer.phase = established
			}
		}
	case p.has(flagSYN):
		if me.phase == inactive {
			me.phase = synSent
		}
	case p.has(flagFIN):
		if me.phase != resetSent {
			me.phase = finSent
		}
	case me.phase == inactive:
		me.phase = partial
	}
	if p.flags&(flagACK|flagSYN|flagRST) == flagACK && peer.phase == synAckSent && peer.known && p.ack-uint32(peer.start) < maxJump {
		me.phase, peer.phase = max(me.phase, established), established
	}
}

// over tells whether the connection was closed or refused.
func (c *tcp) over() bool {
	a, b := c.ends[0].phase, c.ends[1].phase
	return a == resetSent || b == resetSent || (a == finSent && b == finSent)
}

// reused tells whether a SYN or its answer belongs to a new connection: its initial sequence number is not the one that
// this connection began with.
func (c *tcp) reused(p *packet, dir int) bool {
	if !p.has(flagSYN) || p.has(flagRST) {
		return false
	}
	me, peer := &c.ends[dir], &c.ends[1-dir]
	if me.known && uint32(me.start) == p.seq+1 {
		return false
	}
	if me.known {
		return true
	}
	return p.has(flagACK) && peer.known && (peer.syn || peer.synAck) && p.ack != peer.isn+1 && c.over()
}

// opener tells who opened the connection, if the handshake was seen.
func (c *tcp) opener() (dir int, known bool) {
	if c.ends[0].syn { // where both sent one, the first did
		return 0, true
	}
	if c.ends[1].syn {
		return 1, true
	}
	for dir := range c.ends {
		if c.ends[dir].synAck {
			return 1 - dir, true
		}
	}
	return 0, false
}

func (c *tcp) midStream() bool {
	for _, e := range c.ends {
		if e.syn || e.synAck {
			return false
		}
	}
	return true
}

// state is the connection's state in Zeek's words.
//
// https://docs.zeek.org/en/current/scripts/base/protocols/conn/main.zeek.html
func (c *tcp) state(orig int) string {
	o, r := c.ends[orig].phase, c.ends[1-orig].phase
	unopened := func(p phase) bool { return p <= partial }
	empty := c.ends[0].length() == 0 && c.ends[1].length() == 0
	switch {
	case r == resetSent && (o == synSent || o == synAckSent || (o == resetSent && empty)):
		return "REJ"
	case r == resetSent && unopened(o):
		return "RSTRH"
	case r == resetSent:
		return "RSTR"
	case o == resetSent && unopened(r):
		return "RSTOS0"
	case o == resetSent:
		return "RSTO"
	case o == finSent && r == finSent:
		return "SF"
	case o == finSent && unopened(r):
		return "SH"
	case o == finSent:
		return "S2"
	case r == finSent && unopened(o):
		return "SHR"
	case r == finSent:
		return "S3"
	case o == synSent && r == inactive:
		return "S0"
	case o == established && r == established:
		return "S1"
	}
	return "OTH"
}
