package service

import (
	"bytes"
	"slices"
	"strings"
)

// Protocols in which the server greets and the client answers with a word: https://www.rfc-editor.org/rfc/rfc5321,
// https://www.rfc-editor.org/rfc/rfc959, https://www.rfc-editor.org/rfc/rfc1939, https://www.rfc-editor.org/rfc/rfc3501

// A greeting is how such a conversation begins.
type greeting struct {
	codes []string // how the server's line begins
	name  string   // what it says of itself, when it does
	words []string // the client's first words
	field int      // which word of the client's line it is
}

var (
	smtpGreeting = greeting{codes: []string{"220 ", "220-", "554 "}, name: "SMTP", words: []string{"EHLO", "HELO", "LHLO"}}
	ftpGreeting  = greeting{codes: []string{"220 ", "220-"}, name: "FTP",
		words: []string{"USER", "AUTH", "FEAT", "SYST", "OPTS", "HOST", "CLNT", "ACCT"}}
	pop3Greeting = greeting{codes: []string{"+OK"}, name: "POP3", words: []string{"USER", "CAPA", "AUTH", "APOP", "STLS"}}
	imapGreeting = greeting{codes: []string{"* OK", "* PREAUTH"}, name: "IMAP", field: 1,
		words: []string{"CAPABILITY", "LOGIN", "AUTHENTICATE", "STARTTLS", "ID", "NOOP", "LOGOUT", "ENABLE", "SELECT"}}
)

// match recognises the conversation when the server says its name or the client answers with one of the words.
func (g greeting) match(o *opening) verdict {
	waits := no
	for _, server := range [...]Side{Orig, Resp} {
		v := o.ask(g.greets, server)
		if v == no {
			continue
		}
		if v == yes || o.ask(g.answers, server.other()) == yes {
			return asks(server.other())
		}
		if len(o.head[server.other()]) == 0 || o.ask(g.answers, server.other()) == maybe {
			waits = maybe
		}
	}
	if o.closed[Orig] && o.closed[Resp] {
		return no
	}
	return waits
}

// greets says yes only to a line with the name in it; a bare code stays maybe.
func (g greeting) greets(b []byte, closed bool) verdict {
	if v := prefixes(b, g.codes...); v != yes {
		return v
	}
	said, v := line(b, closed)
	if v == yes && !bytes.Contains(bytes.ToUpper(said), []byte(g.name)) {
		return maybe
	}
	return v
}

func (g greeting) answers(b []byte, closed bool) verdict {
	said, v := line(b, closed)
	if v != yes {
		return v
	}
	words := strings.Fields(strings.ToUpper(string(said)))
	if len(words) > g.field && slices.Contains(g.words, words[g.field]) {
		return yes
	}
	return no
}

// matchSSH recognises an identification string: https://www.rfc-editor.org/rfc/rfc4253#section-4.2. Both sides send one
// without waiting, so it does not say who asked.
func matchSSH(o *opening) verdict {
	v := no
	for side := range o.head {
		v = max(v, o.ask(begins("SSH-"), Side(side)))
	}
	return v
}

// telnetSays recognises a negotiation: https://www.rfc-editor.org/rfc/rfc854
func telnetSays(b []byte, closed bool) verdict {
	const iac, will, dont, maxOption = 255, 251, 254, 50
	for i, ok := range [...]bool{b[0] == iac, len(b) < 2 || b[1] >= will && b[1] <= dont, len(b) < 3 || b[2] < maxOption || b[2] == 255} {
		if !ok && i < len(b) {
			return no
		}
	}
	if len(b) < 3 {
		return maybe
	}
	return yes
}

// matchTelnet recognises either side. Servers negotiate first.
func matchTelnet(o *opening) verdict {
	switch v := max(o.ask(telnetSays, Orig), o.ask(telnetSays, Resp)); {
	case v != yes:
		return v
	case o.ask(telnetSays, o.first) == yes:
		return asks(o.first.other())
	}
	return yes
}

// ircClient recognises how clients register: https://www.rfc-editor.org/rfc/rfc2812#section-3.1
func ircClient(b []byte, closed bool) verdict {
	v := prefixes(b, "NICK ", "USER ", "CAP LS", "PASS ")
	if v != yes || bytes.HasPrefix(b, []byte("CAP LS")) {
		return v
	}
	said, v := line(b, closed)
	if v != yes || bytes.HasPrefix(b, []byte("NICK ")) && len(bytes.Fields(said)) == 2 {
		return v
	}
	next := b[min(len(b), len(said)+2):]
	return prefixes(bytes.TrimLeft(next, "\n"), "NICK ", "USER ")
}
