package zeek

import "github.com/wirewitness/wirewitness/parsers/evidence"

// volume reads what the connection moved, and leaves out what Zeek cannot have measured.
func (p *parser) volume(r row, c *evidence.Conn, seen letters) {
	v := &c.Volume
	v.Payload = evidence.Pair{Orig: count(r, fOrigBytes), Resp: count(r, fRespBytes)}
	v.IP = evidence.Pair{Orig: count(r, fOrigIPBytes), Resp: count(r, fRespIPBytes)}
	v.Packets = evidence.Pair{Orig: count(r, fOrigPkts), Resp: count(r, fRespPkts)}
	if !v.Payload.Orig.Known && !v.Payload.Resp.Known {
		p.doubt(unset)
	}
	missed := count(r, fMissedBytes)
	v.Missed = missedBy(missed, seen)
	lost := invisible(c, seen)
	p.exclude(v, lost)
	if c.Transport == evidence.TCP {
		p.distrust(c, missed.N)
	}
	if c.Transport == evidence.UDP {
		v.Seen = v.Payload // datagrams have no sequence numbers: what is counted was seen
	}
	if (lost.orig || lost.resp) && c.Protocol == "" {
		c.Content = false // half a conversation that was not recognised says nothing
	}
}

// missedBy gives the one number that Zeek has for both directions to the side whose content has gaps (G and g).
func missedBy(missed evidence.Count, seen letters) evidence.Pair {
	orig, resp := seen.any(origGap), seen.any(respGap)
	none := evidence.Measured(0)
	switch {
	case !missed.Known || missed.N == 0:
		return evidence.Pair{Orig: missed, Resp: missed}
	case orig && !resp:
		return evidence.Pair{Orig: missed, Resp: none}
	case resp && !orig:
		return evidence.Pair{Orig: none, Resp: missed}
	}
	return evidence.Pair{}
}

// sides says which side's packets Zeek did not see, or saw and threw away.
type sides struct{ orig, resp, checksum bool }

// invisible tells from the history which side is missing. Zeek throws packets away whose checksum does not fit (C, c),
// as every packet has that was captured on the sending host with offload, unless it ran with -C: then the history has
// letters of the other side only, or the SYN-ACK comes first (SHR).
func invisible(c *evidence.Conn, seen letters) sides {
	upper, lower := seen.any(origSeen), seen.any(respSeen)
	s := sides{
		orig: seen.any(origBad) || c.State == "SHR" || lower && !upper,
		resp: seen.any(respBad),
	}
	if c.Transport == evidence.TCP && upper && !lower {
		s.resp = s.resp || seen.any(answered)
	}
	s.checksum = seen.any(origBad | respBad)
	return s
}

// exclude takes back what was not measured of a missing side: there it says 0 where data was sent.
func (p *parser) exclude(v *evidence.Volume, s sides) {
	none := evidence.Count{}
	if s.orig {
		v.Payload.Orig, v.IP.Orig, v.Packets.Orig, v.Missed.Orig = none, none, none, none
		p.doubt(noOrig)
	}
	if s.resp {
		v.Payload.Resp, v.IP.Resp, v.Packets.Resp, v.Missed.Resp = none, none, none, none
		p.doubt(noResp)
	}
	if s.checksum {
		p.doubt(checksums)
	}
}

// A lane is one direction of a connection.
type lane struct{ payload, ip, packets *evidence.Count }

// distrust takes back what contradicts itself. Zeek takes payload from sequence numbers, so one jump in them counts as
// data; IP bytes are the sum of the lengths in the headers, which are 0 in large segments captured on a host with
// segmentation offload. Payload that the packets could have carried only as such segments is kept and the IP bytes are
// not used; payload that no packet could have carried is not used either.
func (p *parser) distrust(c *evidence.Conn, missed uint64) {
	v := &c.Volume
	var jumped, offloaded bool
	for _, l := range []lane{{&v.Payload.Orig, &v.IP.Orig, &v.Packets.Orig}, {&v.Payload.Resp, &v.IP.Resp, &v.Packets.Resp}} {
		switch {
		case !l.payload.Known || !l.ip.Known || !l.packets.Known:
		case l.payload.N > l.packets.N*maxSegment+missed:
			*l.payload, *l.ip, jumped = evidence.Count{}, evidence.Count{}, true
		case l.payload.N > l.room(c)+missed+keepAlive:
			*l.ip, offloaded = evidence.Count{}, true
		}
	}
	if jumped {
		p.doubt(jump)
	}
	if offloaded {
		p.doubt(offload)
	}
}

const (
	maxSegment = 1 << 16 // bytes that one packet carries at most, offload included
	keepAlive  = 1       // byte that a keep-alive may claim without sending it
)

// room is the most payload that fits into the IP bytes.
func (l *lane) room(c *evidence.Conn) uint64 {
	headers := uint64(40)
	if c.Orig.Addr().Is6() {
		headers = 60
	}
	return l.ip.N - min(l.ip.N, l.packets.N*headers)
}
