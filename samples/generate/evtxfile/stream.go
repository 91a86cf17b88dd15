package evtxfile

import "io"

// A Stream writes a log of any size, a chunk at a time.
type Stream struct {
	to     io.WriteSeeker
	log    Writer
	chunks int
}

// NewStream begins a log at the beginning of a file.
func NewStream(to io.WriteSeeker) (*Stream, error) {
	_, err := to.Write(make([]byte, fileHeaderSize))
	return &Stream{to: to}, err
}

// Write appends an event as Writer.Write does.
func (s *Stream) Write(e Event) error {
	if err := s.log.Write(e); err != nil {
		return err
	}
	return s.flush()
}

// Size is how large the file would be if it were closed now.
func (s *Stream) Size() int64 { return fileHeaderSize + int64(s.chunks+1)*chunkSize }

// Close writes the last chunk and the file header. It does not close the file.
func (s *Stream) Close() error {
	s.log.finish()
	if err := s.flush(); err != nil {
		return err
	}
	if _, err := s.to.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := s.to.Write(s.log.header(s.chunks))
	return err
}

func (s *Stream) flush() error {
	for _, c := range s.log.chunks {
		if _, err := s.to.Write(c); err != nil {
			return err
		}
		s.chunks++
	}
	s.log.chunks = s.log.chunks[:0]
	return nil
}
