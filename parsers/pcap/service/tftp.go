package service

import "bytes"

// The requests of TFTP.
const (
	tftpRead  = 1
	tftpWrite = 2
)

// matchTFTP recognises a request by its file name and mode; and, because the answer comes from another port, a first
// block and its acknowledgement: https://www.rfc-editor.org/rfc/rfc1350#section-5
func matchTFTP(c Chunk, o *opening) verdict {
	const data, ack, options = 3, 4, 6
	b := c.Data
	if len(b) < 4 || b[0] != 0 {
		return no
	}
	switch b[1] {
	case tftpRead, tftpWrite:
		words := bytes.Split(bytes.TrimSuffix(b[2:], []byte{0}), []byte{0})
		if len(words) >= 2 && b[len(b)-1] == 0 && len(words[0]) > 0 && printable(words[0]) && tftpMode(words[1]) {
			return asks(c.Side)
		}
	case options:
		words := bytes.Split(bytes.TrimSuffix(b[2:], []byte{0}), []byte{0})
		if len(words)%2 == 0 && tftpOption(words[0]) {
			return asks(c.Side.other())
		}
	case ack:
		if len(b) == 4 && len(o.pieces) == 1 && tftpBefore(o.chunk(0), b, c.Side) {
			return asks(c.Side)
		}
	case data:
		if len(o.pieces) == 1 && len(b) <= 4+512 && tftpBefore(o.chunk(0), b, c.Side) {
			return asks(c.Side.other())
		}
	}
	return no
}

func tftpMode(b []byte) bool {
	switch string(bytes.ToLower(b)) {
	case "octet", "netascii", "mail":
		return true
	}
	return false
}

// tftpOption tells the options of https://www.rfc-editor.org/rfc/rfc2348 and its neighbours.
func tftpOption(b []byte) bool {
	switch string(bytes.ToLower(b)) {
	case "blksize", "tsize", "timeout", "windowsize":
		return true
	}
	return false
}

// tftpBefore tells whether the datagram before is the other half of a block and its acknowledgement.
func tftpBefore(c Chunk, b []byte, side Side) bool {
	d := c.Data
	if c.Side == side || len(d) < 4 || d[0] != 0 {
		return false
	}
	block, before := int(b[2])<<8|int(b[3]), int(d[2])<<8|int(d[3])
	switch {
	case b[1] == 4: // acknowledges the block before
		return d[1] == 3 && block == before && block == 1 && len(d) <= 4+512
	case d[1] == 4:
		return len(d) == 4 && block == before+1
	}
	return false
}

// tftpReader expects the server's answer, which comes from a port of its own to where the request came from.
type tftpReader struct {
	scene scene
	asked bool
}

func openTFTP(sc scene) analyzer { return &tftpReader{scene: sc} }

func (t *tftpReader) feed(c Chunk) {
	if b := c.Data; len(b) > 1 && b[0] == 0 && (b[1] == tftpRead || b[1] == tftpWrite) {
		t.asked = true
	}
}

func (t *tftpReader) expects() []Expectation {
	if !t.asked {
		return nil
	}
	t.asked = false
	return []Expectation{{Protocol: "tftp", Side: t.scene.client}}
}

func (t *tftpReader) describe(*Result) {}
func (t *tftpReader) done() bool       { return false }
