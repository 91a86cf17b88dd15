package service

import (
	"reflect"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// Both directions of a conversation as bytes: transport, then for every chunk side, gap, length (two bytes) and data.
func (k talk) bytes() []byte {
	out := []byte{0}
	if k.over == evidence.UDP {
		out[0] = 1
	}
	for _, s := range k.said {
		for text := s.text; ; {
			n := min(len(text), 1<<16-1)
			out = append(append(out, byte(s.side), byte(s.gap), byte(n>>8), byte(n)), text[:n]...)
			if text = text[n:]; text == "" {
				break
			}
		}
	}
	return out
}

// talkOf is the inverse, for any bytes.
func talkOf(b []byte) (k talk) {
	k.over = evidence.TCP
	if len(b) > 0 && b[0]&1 == 1 {
		k.over = evidence.UDP
	}
	for b = b[min(1, len(b)):]; len(b) > 4; {
		n := min(int(b[2])<<8|int(b[3]), len(b)-4)
		s := said{side: Side(b[0] & 1), text: string(b[4 : 4+n])}
		if k.over == evidence.TCP {
			s.gap = uint64(b[1])
		}
		k.said = append(k.said, s)
		b = b[4+n:]
	}
	return k
}

// held is how many bytes the session keeps, as far as they come from the wire.
func held(s *Session) int {
	if s.opening == nil {
		return 0
	}
	return len(s.opening.text[0]) + len(s.opening.text[1])
}

// FuzzSession: nothing panics, memory stays bounded, and the result does not depend on how TCP was cut into chunks.
func FuzzSession(f *testing.F) {
	for _, c := range talks {
		f.Add(c.talk.bytes())
	}
	for _, c := range fixtures(f) {
		f.Add(c.bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > parsertest.MaxFuzz {
			t.Skip("larger than the bound speaks of")
		}
		k := talkOf(b)
		parsertest.Bounded(t, func() { follow(t, k) })
		whole := k.play(0)
		// Byte by byte, as long as that is quick: a session looks at all it has with each chunk.
		for _, n := range []int{1 + len(b)>>10, 5 + len(b)>>8} {
			if cut := k.play(n); !reflect.DeepEqual(whole, cut) {
				t.Errorf("cut to %d: %+v\nas sent: %+v", n, cut, whole)
			}
		}
	})
}

// follow checks after each chunk what a session holds.
func follow(t *testing.T, k talk) {
	s := (&Pool{File: "f"}).Session(k.over)
	for _, w := range k.said {
		s.Feed(Chunk{Side: w.side, Gap: w.gap, Data: []byte(w.text)})
		if n := held(s); n > max(4*window, maxKept) {
			t.Fatalf("%d bytes held", n)
		}
		s.Done()
	}
	s.Result()
}

// fixtures are longer conversations.
func fixtures(t testing.TB) []talk {
	cert := selfSigned(t, "files.example.net")
	secure := handshake(t, cert, 0)
	older := handshake(t, cert, 0x0303)
	return []talk{
		secure, older, smbTalk(), dtlsTalk(), http2Talk(),
		older.after(tcp(">CONNECT files.example.net:443 HTTP/1.1\r\n\r\n", "<HTTP/1.1 200 Connected\r\n\r\n")),
		older.after(tcp(">\x05\x01\x02", "<\x05\x02", ">\x01\x01u\x01p", "<\x01\x00", ">\x05\x01\x00\x01\x0a\x00\x00\x01\x01\xbb", "<\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")),
		older.after(tcp("<* OK ready\r\n", ">a2 STARTTLS\r\n", "<a2 OK go\r\n")),
		older.after(tcp(">"+rdpAsk, "<"+rdpAnswer)),
		older.after(tcp("<"+mysqlHello, ">\x20\x00\x00\x01\x00\x08\x00\x00"+pad("", 28))),
		tcp(">"+get+post+get, "<"+ok+ok+"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nwiki\r\n5\r\npedia\r\n0\r\nA: b\r\n\r\n"+ok),
		tcp(">GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", "<HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n", ">\x82\x8b\x01\x02\x03\x04"+masked("SSH-2.0-abc"), "<\x82\x0dSSH-2.0-abc\r\n"),
		{evidence.TCP, []said{{Orig, get, 0}, {Resp, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nxxxx", 0}, {Resp, "x" + ok, 95}, {Resp, ok + ok, 9}}},
	}
}

// TestCuts: the result is the same however the conversation is cut into chunks.
func TestCuts(t *testing.T) {
	all := fixtures(t)
	for _, c := range talks {
		all = append(all, c.talk)
	}
	for i, k := range all {
		whole := k.play(0)
		for _, n := range []int{1, 2, 3, 13, 1000} {
			if cut := k.play(n); !reflect.DeepEqual(whole, cut) {
				t.Errorf("conversation %d cut to %d: %+v\nas sent: %+v", i, n, cut, whole)
			}
		}
	}
}
