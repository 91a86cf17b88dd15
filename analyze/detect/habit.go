package detect

// A habit is what a program does with its peers, on all hosts of the case: the measure of what is ordinary for it.
type habit struct {
	sent   map[string]uint64 // most payload sent to a peer in one usage, where measured
	first  string            // the peers that most was sent to
	second string
	greets map[string]map[string]bool // peers by fingerprint of the TLS greeting
	hello  map[string]bool            // peers with any fingerprint
}

func (c *Context) habit(program string) *habit {
	h := c.habits[program]
	if h == nil {
		h = &habit{sent: map[string]uint64{}, greets: map[string]map[string]bool{}, hello: map[string]bool{}}
		c.habits[program] = h
	}
	return h
}

func (h *habit) learn(u *Usage) {
	if u.Inbound {
		return
	}
	if u.Sent.Known {
		h.sent[u.Peer] = max(h.sent[u.Peer], u.Sent.N)
	}
	for _, k := range u.said {
		if k.TLS == nil || k.TLS.JA4 == "" {
			continue
		}
		if h.greets[k.TLS.JA4] == nil {
			h.greets[k.TLS.JA4] = map[string]bool{}
		}
		h.greets[k.TLS.JA4][u.Peer] = true
		h.hello[u.Peer] = true
	}
}

// elsewhere returns how many other peers were measured, and the most that was sent to one of them.
func (h *habit) elsewhere(peer string) (others int, most uint64) {
	others = len(h.sent)
	if _, ok := h.sent[peer]; ok {
		others--
	}
	if peer == h.first {
		return others, h.sent[h.second]
	}
	return others, h.sent[h.first]
}

// rank finds the two peers that most was sent to.
func (h *habit) rank() {
	for p, n := range h.sent {
		switch {
		case n > h.sent[h.first] || h.first == "":
			h.first, h.second = p, h.first
		case n > h.sent[h.second] || h.second == "":
			h.second = p
		}
	}
}

// greetsOtherwise returns at how many other peers the program greets with other fingerprints; 0 when it greets one of
// them with this one.
func (h *habit) greetsOtherwise(peer, ja4 string) int {
	at := h.greets[ja4]
	if ja4 == "" || len(at) > 1 || len(at) == 1 && !at[peer] {
		return 0
	}
	if h.hello[peer] {
		return len(h.hello) - 1
	}
	return len(h.hello)
}
