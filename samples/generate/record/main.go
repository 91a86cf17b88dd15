// Record stands between a client and a server and writes down what they say, as transcripts for the generator.
//
//	record [-udp] [-keep N] [-label L] -o FILE -listen ADDR -to ADDR -about TEXT -- COMMAND...
//
// It relays ADDR to ADDR while the command runs, and appends the conversations to FILE when it has ended. record.sh
// calls it for every transcript.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/transcript"
)

func main() {
	log.SetFlags(0)
	var r relay
	flag.BoolVar(&r.udp, "udp", false, "relay datagrams")
	flag.IntVar(&r.keep, "keep", 8<<10, "bytes to keep per direction of a connection; of the rest only the length")
	flag.StringVar(&r.label, "label", "", "label of the conversations")
	flag.StringVar(&r.listen, "listen", "", "address the client talks to")
	flag.StringVar(&r.target, "to", "", "address of the server")
	out := flag.String("o", "", "transcript to append to")
	about := flag.String("about", "", "comment line: the programs that talk")
	flag.Parse()

	if err := r.start(); err != nil {
		log.Fatal(err)
	}
	run(flag.Args())
	r.settle()
	if err := appendTo(*out, *about, r.conversations()); err != nil {
		log.Fatal(err)
	}
}

// run runs the client. Its status is not ours to judge: some clients end with one when they have said all they had to.
func run(command []string) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		log.Printf("%s: %v", command[0], err)
	}
}

func appendTo(name, about string, cs []transcript.Conversation) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	var comment []string
	if about != "" {
		comment = append(comment, about)
	}
	for _, c := range cs {
		client, server := c.Sent()
		fmt.Fprintf(os.Stderr, "%s %s: %d bytes sent, %d received\n", name, c.Label, client, server)
	}
	return transcript.Write(f, comment, cs)
}

// A tape collects the turns of one conversation.
type tape struct {
	mu   sync.Mutex
	kept [2]int
	c    transcript.Conversation
	last time.Time
}

// add appends what one side said, keeping no more than the first bytes of each direction. The turns of a stream are
// merged until the other side speaks.
func (t *tape) add(fromClient bool, data []byte, keep int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = time.Now()
	side := 0
	if fromClient {
		side = 1
	}
	head := data[:min(len(data), max(0, keep-t.kept[side]))]
	t.kept[side] += len(head)
	last := len(t.c.Turns) - 1
	if last < 0 || t.c.UDP || t.c.Turns[last].FromClient != fromClient {
		t.c.Turns = append(t.c.Turns, transcript.Turn{FromClient: fromClient})
		last++
	}
	turn := &t.c.Turns[last]
	turn.Data = append(turn.Data, head...)
	turn.Size += len(data)
}
