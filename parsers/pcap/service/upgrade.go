package service

import (
	"bytes"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// An upgrade is how a conversation in lines changes to TLS.
type upgrade struct{ command, consent string }

var (
	smtpUpgrade = upgrade{"STARTTLS", "220"}
	ftpUpgrade  = upgrade{"AUTH", "234"}
	pop3Upgrade = upgrade{"STLS", "+OK"}
	imapUpgrade = upgrade{"STARTTLS", "OK"}
)

// open starts an analyzer that waits for the change.
func (u upgrade) open(sc scene) analyzer { return &lineReader{scene: sc, upgrade: u} }

// maxTalk is how much of a conversation is read while no change to TLS comes.
const maxTalk = 256 << 10

type lineReader struct {
	scene   scene
	upgrade upgrade
	sides   [2][]byte
	read    int
	asked   bool
	inner   *Session
	heard   func(side Side, line []byte) // is told every line, when there is somebody to tell
}

func (l *lineReader) feed(c Chunk) {
	if l.inner != nil {
		l.inner.Feed(c)
		return
	}
	if c.Gap > 0 {
		l.sides[c.Side] = nil
	}
	l.read += len(c.Data)
	kept, b := &l.sides[c.Side], c.Data
	if len(*kept) > 0 {
		*kept = append(*kept, b...)
		b = *kept
	}
	for {
		n := bytes.IndexByte(b, '\n') + 1
		if n == 0 {
			break
		}
		l.line(c.Side, b[:n])
		if b = b[n:]; l.inner != nil {
			l.sides = [2][]byte{}
			l.inner.Feed(c.with(b))
			return
		}
	}
	*kept = append((*kept)[:0], b[:min(len(b), maxLine)]...)
}

// line takes the next line of a side. The word looked for is the first or stands behind a tag.
func (l *lineReader) line(side Side, b []byte) {
	if l.heard != nil {
		l.heard(side, bytes.TrimRight(b[:min(len(b), maxLine)], "\r\n"))
	}
	first, rest := word(b[:min(len(b), maxLine)])
	second, _ := word(rest)
	says := func(what string) bool { return isWord(first, what) || isWord(second, what) }
	switch {
	case len(first) == 0 || isWord(first, "*"):
	case side == l.scene.client:
		l.asked = says(l.upgrade.command)
	case l.asked && says(l.upgrade.consent):
		l.inner = l.scene.inside()
	default:
		l.asked = false
	}
}

// word cuts the first word off a line, empty when there is none.
func word(line []byte) (first, rest []byte) {
	line = bytes.TrimLeft(line, " \t\r\n\v\f")
	if n := bytes.IndexAny(line, " \t\r\n\v\f"); n >= 0 {
		return line[:n], line[n:]
	}
	return line, nil
}

// isWord compares a word in any case with one in upper case.
func isWord(w []byte, upper string) bool {
	return len(w) > 0 && len(w) == len(upper) && strings.EqualFold(string(w), upper)
}

func (l *lineReader) describe(r *Result) { r.within(l.inner) }

func (l *lineReader) done() bool {
	if l.inner != nil {
		return l.inner.Done()
	}
	return l.read > maxTalk
}

// sshReader keeps the identification strings.
type sshReader struct {
	client Side
	heads  [2][]byte
	over   [2]bool
}

func openSSH(sc scene) analyzer { return &sshReader{client: sc.client} }

func (s *sshReader) feed(c Chunk) {
	if s.over[c.Side] = s.over[c.Side] || c.Gap > 0; s.over[c.Side] {
		return
	}
	head := append(s.heads[c.Side], c.Data[:min(len(c.Data), 256)]...)
	if n := bytes.IndexByte(head, '\n'); n >= 0 || len(head) > 255 {
		head, s.over[c.Side] = head[:max(n, 0)], true
	}
	s.heads[c.Side] = head
}

func (s *sshReader) describe(r *Result) {
	said := func(side Side) string {
		if bytes.HasPrefix(s.heads[side], []byte("SSH-")) {
			return text(bytes.TrimRight(s.heads[side], "\r\n"))
		}
		return ""
	}
	r.SSH = &evidence.SSH{Client: said(s.client), Server: said(s.client.other())}
}

func (s *sshReader) done() bool { return s.over[Orig] && s.over[Resp] }
