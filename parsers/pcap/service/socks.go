package service

// SOCKS 4 and 5: https://www.rfc-editor.org/rfc/rfc1928, https://www.rfc-editor.org/rfc/rfc1929,
// https://www.openssh.com/txt/socks4.protocol

const (
	socksPassword = 2
	maxSOCKSText  = 256
)

// matchSOCKS needs both sides: few bytes of either say anything.
func matchSOCKS(o *opening) verdict {
	waits := no
	for _, client := range [...]Side{Orig, Resp} {
		v := socksTalk(o.head[client], o.head[client.other()])
		if v == yes {
			return asks(client)
		}
		waits = max(waits, v)
	}
	if o.closed[Orig] && o.closed[Resp] {
		return no
	}
	return waits
}

func socksTalk(c, s []byte) verdict {
	switch {
	case len(c) == 0:
		return no
	case c[0] == 5:
		return socks5Talk(c, s)
	case c[0] != 4 || len(c) > 1 && c[1] != 1 && c[1] != 2:
		return no
	case len(c) < 9 || len(s) < 8:
		return min(maybe, prefixes(s, "\x00\x5a", "\x00\x5b", "\x00\x5c", "\x00\x5d"))
	}
	return prefixes(s, "\x00\x5a", "\x00\x5b", "\x00\x5c", "\x00\x5d")
}

func socks5Talk(c, s []byte) verdict {
	if len(c) < 2 {
		return maybe
	}
	methods := int(c[1])
	if methods == 0 || methods > 16 || len(s) > 0 && s[0] != 5 {
		return no
	}
	offered := c[2:min(len(c), 2+methods)]
	for _, m := range offered {
		if m > 9 && m < 0x80 {
			return no
		}
	}
	if len(offered) < methods || len(s) < 2 {
		return maybe
	}
	for _, m := range offered {
		if s[1] == m || s[1] == 0xff {
			return yes
		}
	}
	return no
}

// socksReader steps over the negotiation; what is carried follows it.
type socksReader struct {
	client Side
	heads  [2][]byte
	steps  [2]int
	method int // chosen by the server, -1 before
	inner  *Session
}

func openSOCKS(sc scene) analyzer {
	return &socksReader{client: sc.client, method: -1, inner: sc.inside()}
}

// through is the step of a side whose negotiation is over; beyond it the side is lost.
const through = 3

func (s *socksReader) feed(c Chunk) {
	if s.steps[c.Side] < through && c.Gap > 0 {
		s.steps[c.Side] = through + 1 // lost
	}
	if s.steps[c.Side] >= through {
		if s.steps[c.Side] == through {
			s.inner.Feed(c)
		}
		return
	}
	if len(s.heads[c.Side]) > window { // waits for an answer that the capture missed
		s.steps[c.Side] = through + 1
		return
	}
	s.heads[c.Side] = append(s.heads[c.Side], c.Data...)
	s.advance(c, s.client)
	s.advance(c, s.client.other())
}

// advance takes the messages of a side that are whole. What the client sends after its greeting waits for the method.
func (s *socksReader) advance(c Chunk, side Side) {
	for s.steps[side] < through {
		n, next := s.message(s.heads[side], side == s.client, s.steps[side])
		if n == 0 {
			return
		}
		if n < 0 {
			s.steps[side], s.heads[side] = through+1, nil // lost
			return
		}
		s.steps[side], s.heads[side] = next, s.heads[side][n:]
	}
	if rest := s.heads[side]; s.steps[side] == through && len(rest) > 0 {
		c.Side = side
		s.inner.Feed(c.with(rest))
	}
	s.heads[side] = nil
}

// message is the length of the next message and the step after it: 0 greeting, 1 password, 2 request, 3 carried data.
func (s *socksReader) message(b []byte, client bool, step int) (n, next int) {
	switch {
	case len(b) < 2:
		return 0, 0
	case step == 0 && (b[0] == 4 || b[0] == 0):
		return socks4Message(b, client)
	case step == 0 && client:
		return whole(b, 2+int(b[1])), 1
	case step == 0:
		s.method = int(b[1])
		return 2, s.afterMethod()
	case step == 1 && (s.method < 0):
		return 0, 0
	case step == 1 && s.method != socksPassword:
		return socks5Address(b), s.afterAddress(b)
	case step == 1 && !client:
		return 2, 2
	case step == 1:
		return passwordMessage(b), 2
	}
	return socks5Address(b), s.afterAddress(b)
}

func (s *socksReader) afterMethod() int {
	switch s.method {
	case 0, socksPassword:
		return 1
	}
	return 4 // wrapped in something else, or refused
}

func (s *socksReader) afterAddress(b []byte) int {
	if b[0] != 5 {
		return 4
	}
	return 3
}

// whole is n, or 0 while b is shorter.
func whole(b []byte, n int) int {
	if len(b) < n {
		return 0
	}
	return n
}

func passwordMessage(b []byte) int {
	user := int(b[1])
	if len(b) < 3+user {
		return 0
	}
	return whole(b, 3+user+int(b[2+user]))
}

// socks5Address is the length of a request or reply: four bytes, an address, a port.
func socks5Address(b []byte) int {
	switch {
	case b[0] != 5:
		return -1
	case len(b) < 5:
		return 0
	case b[3] == 1:
		return whole(b, 10)
	case b[3] == 4:
		return whole(b, 22)
	case b[3] == 3:
		return whole(b, 7+int(b[4]))
	}
	return -1
}

// socks4Message is a request, with a name after it when the address is 0.0.0.x, or the reply.
func socks4Message(b []byte, client bool) (n, next int) {
	if !client {
		return whole(b, 8), 3
	}
	texts := 1
	if len(b) >= 8 && b[4] == 0 && b[5] == 0 && b[6] == 0 && b[7] != 0 {
		texts = 2
	}
	for i := 8; i < len(b); i++ {
		if b[i] == 0 {
			texts--
		}
		if texts == 0 {
			return i + 1, 3
		}
	}
	if len(b) > 8+2*maxSOCKSText {
		return -1, 4
	}
	return 0, 0
}

func (s *socksReader) describe(r *Result) { r.within(s.inner) }
func (s *socksReader) done() bool {
	return s.inner.Done() || s.steps[Orig] > through && s.steps[Resp] > through
}
