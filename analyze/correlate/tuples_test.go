package correlate

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Connections are put together by their tuples, in the order of the list, also where the hashes of tuples are equal.
func TestByTuple(t *testing.T) {
	var log evidence.Batch
	for i := range 300 {
		s := evidence.Socket{Kind: evidence.Connect, Transport: evidence.TCP, Src: netip.AddrPortFrom(peer, uint16(i%7)), Dst: netip.AddrPortFrom(peer, 443)}
		if i%2 == 0 {
			s.Src, s.Dst = s.Dst, s.Src
		}
		if i%5 == 0 {
			s.Kind = evidence.Bind
		}
		log.Socket(s)
	}
	want, got := map[casefile.Tuple][]uint32{}, map[casefile.Tuple][]uint32{}
	var all []uint32
	for i, s := range log.Sockets.All() {
		if s.Kind() != evidence.Bind {
			want[tupleOf(s)] = append(want[tupleOf(s)], uint32(i))
			all = append(all, uint32(i))
		}
	}
	read := tuples{log.Sockets.Reader()}
	for places := range byTuple(&log.Sockets, read.SocketReader) {
		got[read.at(places[0])] = slices.Clone(places)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	var sorted []uint32
	for _, k := range slices.SortedFunc(maps.Keys(want), casefile.Tuple.Compare) {
		sorted = append(sorted, want[k]...)
	}
	if read.sort(all); !slices.Equal(all, sorted) {
		t.Errorf("with one hash: got %v, want %v", all, sorted)
	}
}

// What a server does ten thousands of times costs no more for each than what it does once: connections of one process to one
// peer, from one port to another or between the same two, to as many peers, and look-ups of one name.
func TestManyConnectionsOfOneKind(t *testing.T) {
	const many = 30_000
	for what, add := range map[string]func(*scene, int, time.Time){
		"one peer": func(s *scene, i int, at time.Time) {
			s.socket(sysmonProvider, uint16(i%50_000), at, at, program(7, `C:\agent.exe`))
		},
		"one tuple": func(s *scene, _ int, at time.Time) {
			s.socket(sysmonProvider, 50001, at, at, program(7, `C:\agent.exe`))
		},
		"many peers": func(s *scene, i int, at time.Time) {
			s.batch.Socket(evidence.Socket{Header: s.header(sysmonProvider, 3, at, at), Program: program(7, `C:\agent.exe`), Kind: evidence.Connect, Transport: evidence.TCP,
				Src: netip.MustParseAddrPort("10.1.0.50:50001"), Dst: netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 18 + byte(i>>16), byte(i >> 8), byte(i)}), 443), Initiated: evidence.Yes})
		},
		"one name": func(s *scene, _ int, at time.Time) {
			s.batch.Lookup(evidence.Lookup{Header: s.header(sysmonProvider, 22, at, at), Program: program(7, `C:\agent.exe`), Name: "www.example.com", Answers: []netip.Addr{peer}})
		},
	} {
		s := &scene{}
		for i := range many {
			add(s, i, noon.Add(time.Duration(i)*time.Second))
		}
		for i := range 1000 { // what the capture shows and no log names
			s.conn(uint16(60_000+i), noon.Add(time.Duration(i)*time.Minute), time.Second)
			s.batch.Conns[i].DNS = &evidence.DNS{Total: 1, Questions: []evidence.Question{{Name: "www.example.com", At: s.batch.Conns[i].Start}}}
		}
		began, n := time.Now(), 0
		for range s.run().Links {
			n++
		}
		if took := time.Since(began); took > 20*time.Second || n < 1000 {
			t.Errorf("%s: %d links after %v", what, n, took)
		}
	}
}
