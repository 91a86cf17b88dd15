package main

import (
	"io"
	"log"
	"net"
	"sync"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/transcript"
)

// quiet is how long nothing must be said before the recording counts as complete.
const quiet = 300 * time.Millisecond

// A relay passes on what clients and server say and keeps a tape of each conversation.
type relay struct {
	udp            bool
	keep           int
	label          string
	listen, target string

	mu    sync.Mutex
	tapes []*tape
}

func (r *relay) start() error {
	if r.udp {
		return r.serveUDP()
	}
	l, err := net.Listen("tcp", r.listen)
	if err != nil {
		return err
	}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go r.relayTCP(client.(*net.TCPConn), r.newTape())
		}
	}()
	return nil
}

func (r *relay) newTape() *tape {
	t := &tape{c: transcript.Conversation{UDP: r.udp, Label: r.label}, last: time.Now()}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tapes = append(r.tapes, t)
	return t
}

func (r *relay) relayTCP(client *net.TCPConn, t *tape) {
	server, err := net.Dial("tcp", r.target)
	if err != nil {
		log.Print(err)
		client.Close()
		return
	}
	go r.pump(server.(*net.TCPConn), client, t, true)
	r.pump(client, server.(*net.TCPConn), t, false)
}

func (r *relay) pump(dst, src *net.TCPConn, t *tape, fromClient bool) {
	buf := make([]byte, 64<<10)
	for {
		n, err := src.Read(buf)
		if n > 0 {
			t.add(fromClient, buf[:n], r.keep)
			if _, err := dst.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if err == io.EOF {
				dst.CloseWrite()
			}
			return
		}
	}
}

// serveUDP gives every client socket a socket of its own towards the server.
func (r *relay) serveUDP() error {
	l, err := net.ListenPacket("udp", r.listen)
	if err != nil {
		return err
	}
	go func() {
		buf := make([]byte, 64<<10)
		servers := map[string]func([]byte){}
		for {
			n, from, err := l.ReadFrom(buf)
			if err != nil {
				return
			}
			if servers[from.String()] == nil {
				servers[from.String()] = r.relayUDP(l, from)
			}
			servers[from.String()](buf[:n])
		}
	}()
	return nil
}

func (r *relay) relayUDP(l net.PacketConn, client net.Addr) (send func([]byte)) {
	t := r.newTape()
	server, err := net.Dial("udp", r.target)
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		buf := make([]byte, 64<<10)
		for {
			n, err := server.Read(buf)
			if err != nil {
				return
			}
			t.add(false, buf[:n], r.keep)
			l.WriteTo(buf[:n], client)
		}
	}()
	return func(data []byte) {
		t.add(true, data, r.keep)
		server.Write(data)
	}
}

// settle waits until nobody has said anything for a while.
func (r *relay) settle() {
	for {
		time.Sleep(quiet)
		if r.silence() > quiet {
			return
		}
	}
}

func (r *relay) silence() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	silence := time.Hour
	for _, t := range r.tapes {
		t.mu.Lock()
		silence = min(silence, time.Since(t.last))
		t.mu.Unlock()
	}
	return silence
}

// conversations returns what was recorded, without the connections in which nobody spoke.
func (r *relay) conversations() []transcript.Conversation {
	r.mu.Lock()
	defer r.mu.Unlock()
	var cs []transcript.Conversation
	for _, t := range r.tapes {
		t.mu.Lock()
		if len(t.c.Turns) > 0 {
			cs = append(cs, t.c)
		}
		t.mu.Unlock()
	}
	return cs
}
