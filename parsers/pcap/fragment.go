package pcap

// maxPieces bounds the fragmented datagrams that are remembered; the oldest is forgotten first.
const maxPieces = 4096

// pieces remembers to which connection the later fragments of a datagram belong: only the first has ports. Fragments are
// counted, not put together; content ends with the first.
type pieces struct {
	known map[pieceKey]piece
	ring  []pieceKey
	next  int
}

type pieceKey struct {
	src, dst [16]byte
	id       uint32
	proto    uint32
}

type piece struct {
	flow *flow
	dir  int
}

func pieceKeyOf(p *packet) pieceKey { return pieceKey{p.src, p.dst, p.frag.id, uint32(p.proto)} }

func (s *pieces) add(p *packet, f *flow, dir int) {
	if s.known == nil {
		s.known = map[pieceKey]piece{}
	}
	k := pieceKeyOf(p)
	if len(s.ring) < maxPieces {
		s.ring = append(s.ring, k)
	} else {
		delete(s.known, s.ring[s.next])
		s.ring[s.next] = k
		s.next = (s.next + 1) % maxPieces
	}
	s.known[k] = piece{f, dir}
}

func (s *pieces) find(p *packet) (*flow, int) {
	found := s.known[pieceKeyOf(p)]
	return found.flow, found.dir
}
