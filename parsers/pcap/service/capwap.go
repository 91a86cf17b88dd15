package service

// CAPWAP puts four bytes before DTLS: https://www.rfc-editor.org/rfc/rfc5415#section-4.2
const capwapPreamble = "\x01\x00\x00\x00"

func matchCAPWAP(c Chunk, o *opening) verdict {
	if len(c.Data) <= len(capwapPreamble) || prefix(c.Data, capwapPreamble) != yes {
		return no
	}
	return matchDTLS(c.with(c.Data[len(capwapPreamble):]), o)
}

// capwapReader looks behind the preamble.
type capwapReader struct{ inner *Session }

func openCAPWAP(sc scene) analyzer { return &capwapReader{sc.inside()} }

func (w *capwapReader) feed(c Chunk) {
	if matchCAPWAP(c, nil) != no {
		w.inner.Feed(c.with(c.Data[len(capwapPreamble):]))
	}
}

func (w *capwapReader) describe(r *Result) { r.within(w.inner) }
func (w *capwapReader) done() bool         { return w.inner.Done() }
