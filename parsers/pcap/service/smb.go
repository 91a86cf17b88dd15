package service

import (
	"cmp"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// SMB runs in the session messages of NetBIOS, with or without a session request before them:
//
//	https://learn.microsoft.com/openspecs/windows_protocols/ms-smb2
//	https://learn.microsoft.com/openspecs/windows_protocols/ms-cifs
//	https://www.rfc-editor.org/rfc/rfc1002#section-4.3

const (
	smb1Magic       = "\xffSMB"
	smb2Magic       = "\xfeSMB"
	smbEncrypted    = "\xfdSMB"
	smbCompressed   = "\xfcSMB"
	nbssHeader      = 4
	nbssRequest     = 0x81
	nbssRequestSize = nbssHeader + 68
	// smbKeep is how much of a message is looked at: headers, names, tokens and the calls on pipes.
	smbKeep = 8 << 10
)

// nbssLength is the length of a session message. Without NetBIOS the length has three bytes.
func nbssLength(b []byte) int {
	if len(b) > 0 && b[0] != 0 && (b[0] < nbssRequest || b[0] > 0x85) {
		return -1
	}
	if len(b) < nbssHeader {
		return 0
	}
	return nbssHeader + int(b[1])<<16 + int(b[2])<<8 + int(b[3])
}

// nbssNames recognises a session request: two encoded names.
func nbssNames(b []byte, closed bool) verdict {
	v := prefix(b, "\x81\x00\x00\x44\x20")
	if v == yes && len(b) < nbssRequestSize {
		return maybe
	}
	if v == yes && b[nbssHeader+34] != 0x20 {
		return no
	}
	return v
}

// smbSays recognises a message from one side, directly or after the session request and its answer.
func smbSays(request bool) half {
	return func(b []byte, closed bool) verdict {
		switch {
		case request && b[0] == nbssRequest:
			if v := nbssNames(b, closed); v != yes {
				return v
			}
			b = b[nbssRequestSize:]
		case !request && b[0] == 0x82:
			b = b[min(len(b), nbssHeader):]
		}
		if len(b) < nbssHeader+20 {
			return smbBeginning(b)
		}
		return smbMessage(b[nbssHeader:], request, smbBeginning(b))
	}
}

// smbBeginning is as far as the first bytes tell.
func smbBeginning(b []byte) verdict {
	if nbssLength(b) < 0 || len(b) > 0 && b[0] != 0 {
		return no
	}
	if len(b) <= nbssHeader {
		return maybe
	}
	return min(maybe, prefixes(b[nbssHeader:], smb1Magic, smb2Magic, smbEncrypted, smbCompressed))
}

func smbMessage(b []byte, request bool, begun verdict) verdict {
	if begun == no {
		return no
	}
	answer := false
	switch string(b[:4]) {
	case smb1Magic:
		answer = b[9]&0x80 != 0
	case smb2Magic:
		answer = b[16]&1 != 0
	default: // neither side's header is in clear: no one says who asks
		return yes
	}
	if answer == request {
		return no
	}
	return yes
}

// matchSMB recognises either side. The headers of encrypted messages do not say who sent them.
func matchSMB(o *opening) verdict {
	v := sides(smbSays(true), smbSays(false))(o)
	for _, head := range o.head {
		if len(head) > nbssHeader && v >= yes && head[nbssHeader] == smbEncrypted[0] {
			return yes
		}
	}
	return v
}

// smbReader reads what is in clear of either version.
type smbReader struct {
	sides [2]frames
	smb   evidence.SMB
	logon logon
	rpc   rpcReader
	pipes bool // DCE/RPC was seen
}

func openSMB(sc scene) analyzer {
	side := frames{length: nbssLength, keep: smbKeep, pool: sc.pool}
	return &smbReader{
		sides: [2]frames{side, side},
		smb:   evidence.SMB{Written: evidence.Measured(0), Read: evidence.Measured(0)},
	}
}

func (s *smbReader) feed(c Chunk) {
	f := &s.sides[c.Side]
	missed := f.skip
	f.feed(c, s.message)
	if f.lost || c.Gap > missed {
		s.smb.Written, s.smb.Read = evidence.Count{}, evidence.Count{}
	}
}

func (s *smbReader) message(_ Chunk, u []byte, size int) {
	if len(u) < nbssHeader+32 || u[0] != 0 {
		return
	}
	b := u[nbssHeader:]
	switch string(b[:4]) {
	case smb1Magic:
		s.smb1(b)
	case smb2Magic:
		s.smb2(b)
	case smbEncrypted:
		s.smb.Encrypted = true
		s.smb.Written, s.smb.Read = evidence.Count{}, evidence.Count{}
	}
}

// security notes the names in an authentication token.
func (s *smbReader) security(b []byte) {
	s.logon.token(b)
	n := s.logon.ntlm
	s.smb.User, s.smb.Domain, s.smb.Host = n.User, n.Domain, cmp.Or(n.Host, n.Server)
}

func (s *smbReader) share(path string) {
	if path != "" {
		s.smb.More = note(&s.smb.Shares, path) || s.smb.More
	}
}

func (s *smbReader) file(name string) {
	if name != "" {
		s.smb.More = note(&s.smb.Files, name) || s.smb.More
	}
}

// data takes what was written or read: a call on a pipe, or bytes of a file, of which head is the beginning.
func (s *smbReader) data(to *evidence.Count, head []byte, size int) {
	switch {
	case size <= 0:
	case s.rpc.fragment(head):
		s.pipes = true
	default:
		to.N += uint64(size)
	}
}

func (s *smbReader) describe(r *Result) {
	found := s.smb
	r.SMB = &found
	s.logon.describe(r)
	if s.pipes {
		r.Inner = append(r.Inner, "dce_rpc")
		s.rpc.describe(r)
	}
}

func (s *smbReader) done() bool { return false }

// smbDialects names the dialect revisions of version 2 and later.
var smbDialects = map[int]string{0x0202: "2.0.2", 0x0210: "2.1", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1"}

// maxCompound bounds the messages chained in one.
const maxCompound = 64

// smb2 reads a message and those chained to it.
func (s *smbReader) smb2(b []byte) {
	for range maxCompound {
		if len(b) < 64+4 || string(b[:4]) != smb2Magic {
			return
		}
		if b[16]&1 != 0 {
			s.smb2Response(le16(b, 12), b)
		} else {
			s.smb2Request(le16(b, 12), b)
		}
		next := le32(b, 20)
		if next < 64 || next > len(b) {
			return
		}
		b = b[next:]
	}
}

// The commands that say something about names and volumes.
const (
	smb2Negotiate = 0
	smb2Session   = 1
	smb2Tree      = 3
	smb2Create    = 5
	smb2Read      = 8
	smb2Write     = 9
	smb2Control   = 11
	smb2Body      = 64
)

func (s *smbReader) smb2Request(command int, b []byte) {
	switch command {
	case smb2Session:
		s.security(span(b, le16(b, smb2Body+12), le16(b, smb2Body+14)))
	case smb2Tree:
		s.share(wideText(span(b, le16(b, smb2Body+4), le16(b, smb2Body+6)), true))
	case smb2Create:
		s.file(wideText(span(b, le16(b, smb2Body+44), le16(b, smb2Body+46)), true))
	case smb2Write:
		s.data(&s.smb.Written, tail(b, le16(b, smb2Body+2)), le32(b, smb2Body+4))
	case smb2Control:
		s.control(b, 24)
	}
}

func (s *smbReader) smb2Response(command int, b []byte) {
	switch command {
	case smb2Negotiate:
		if name := smbDialects[le16(b, smb2Body+4)]; name != "" {
			s.smb.Dialect = name
		}
	case smb2Session:
		s.security(span(b, le16(b, smb2Body+4), le16(b, smb2Body+6)))
	case smb2Read:
		if le32(b, 8) == 0 || le16(b, smb2Body) == 17 {
			s.data(&s.smb.Read, tail(b, le16(b, smb2Body+2)&0xff), le32(b, smb2Body+4))
		}
	case smb2Control:
		s.control(b, 32)
	}
}

// control looks for a call in the buffer of a control code; it is not file data.
func (s *smbReader) control(b []byte, at int) {
	if s.rpc.fragment(tail(b, le32(b, smb2Body+at))) {
		s.pipes = true
	}
}

// tail is b from an offset on, nil past the end.
func tail(b []byte, at int) []byte {
	if at < 0 || at > len(b) {
		return nil
	}
	return b[at:]
}
