// Package transcript holds what real clients and servers said to each other, for the generator to replay.
//
// The files under recorded were made once by record.sh with the programs named in them. A file is text: lines that
// begin with # say where it comes from, "tcp LABEL" or "udp LABEL" begins a conversation, and each line after it is one
// turn: ">" from the client or "<" from the server, then the bytes in base64, or "*N" for N bytes that were sent and not
// kept.
package transcript

import (
	"bufio"
	"embed"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

//go:embed recorded/*.txt
var recorded embed.FS

// A Turn is what one side said before the other answered, or one datagram.
type Turn struct {
	FromClient bool
	// Data is the beginning of what was said, Size the length of all of it: bulk is recorded by its length only.
	Data []byte
	Size int
}

// A Conversation is one connection, or what one client socket exchanged over UDP.
type Conversation struct {
	UDP   bool
	Label string
	Turns []Turn
}

// Sent returns how many bytes the client and the server sent.
func (c *Conversation) Sent() (client, server int) {
	for _, t := range c.Turns {
		if t.FromClient {
			client += t.Size
		} else {
			server += t.Size
		}
	}
	return client, server
}

// loaded keeps what Load has read: a large case plays the same conversations over and over.
var loaded sync.Map

// Load reads a recorded file, named without folder and ending. It panics when there is none: the files are part of the
// program. What it returns must not be changed.
func Load(name string) []Conversation {
	if cs, ok := loaded.Load(name); ok {
		return cs.([]Conversation)
	}
	cs := load(name)
	loaded.Store(name, cs)
	return cs
}

func load(name string) []Conversation {
	f, err := recorded.Open("recorded/" + name + ".txt")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	cs, err := Read(f)
	if err != nil {
		panic(fmt.Errorf("%s: %w", name, err))
	}
	return cs
}

// Read parses a file.
func Read(r io.Reader) ([]Conversation, error) {
	var all []Conversation
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch {
		case strings.HasPrefix(word, "#"):
		case word == "tcp" || word == "udp":
			all = append(all, Conversation{UDP: word == "udp", Label: rest})
		case (word == ">" || word == "<") && len(all) > 0:
			t, err := readTurn(word == ">", rest)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			c := &all[len(all)-1]
			c.add(t)
		default:
			return nil, fmt.Errorf("line %d: neither conversation nor turn", n)
		}
	}
	return all, lines.Err()
}

func readTurn(fromClient bool, text string) (Turn, error) {
	if count, ok := strings.CutPrefix(text, "*"); ok {
		n, err := strconv.Atoi(count)
		return Turn{FromClient: fromClient, Size: n}, err
	}
	data, err := base64.StdEncoding.DecodeString(text)
	return Turn{FromClient: fromClient, Data: data, Size: len(data)}, err
}

// add appends a turn; bytes that were not kept belong to the turn that they continue.
func (c *Conversation) add(t Turn) {
	if last := len(c.Turns) - 1; last >= 0 && t.Data == nil {
		c.Turns[last].Size += t.Size
		return
	}
	c.Turns = append(c.Turns, t)
}

// Write writes conversations in the form that Read reads, after comment lines.
func Write(w io.Writer, comment []string, cs []Conversation) error {
	out := bufio.NewWriter(w)
	for _, line := range comment {
		fmt.Fprintf(out, "# %s\n", line)
	}
	for _, c := range cs {
		fmt.Fprintln(out, strings.TrimSpace(kind(c.UDP)+" "+c.Label))
		for _, t := range c.Turns {
			writeTurn(out, t)
		}
	}
	return out.Flush()
}

func kind(udp bool) string {
	if udp {
		return "udp"
	}
	return "tcp"
}

func writeTurn(out io.Writer, t Turn) {
	side := "<"
	if t.FromClient {
		side = ">"
	}
	fmt.Fprintln(out, side, base64.StdEncoding.EncodeToString(t.Data))
	if rest := t.Size - len(t.Data); rest > 0 {
		fmt.Fprintf(out, "%s *%d\n", side, rest)
	}
}
