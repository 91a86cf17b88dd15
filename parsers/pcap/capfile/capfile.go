// Package capfile reads the frames of pcap and pcapng capture files one after the other.
//
// It is written for damaged and hostile files: no field of the file decides an allocation beyond maxFrame, a place that
// makes no sense is reported once and skipped by looking for the next place that does, and everything readable comes
// back. Nothing is allocated per frame.
//
// https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/
// https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/
package capfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A LinkType is a link-layer header type as registered for both formats.
//
// https://www.tcpdump.org/linktypes.html
type LinkType uint16

// A Frame is one captured packet.
type Frame struct {
	Number uint64 // from 1, over all sections of the file
	// Time is the zero time where the file has none (simple packet blocks) or one outside the years 1 to 9999.
	Time      time.Time
	LinkType  LinkType
	Interface int // index in its section
	CapLen    int
	OrigLen   int // never less than CapLen
	// Data is valid until the Block is read into again.
	Data []byte
}

// A Block is a stretch of frames that lie in one piece of memory. It is used again for the next.
type Block struct {
	Frames []Frame
	memory []byte
}

// Info is what the file says about itself, as far as it has been read.
type Info struct {
	Kind    string // "pcap" or "pcapng"
	Snaplen uint32 // largest of all interfaces, 0 for no limit
	// Dropped is what the capturing program says it lost; unknown where the file says nothing.
	Dropped evidence.Count
	// Comment is what somebody wrote into the file about its sections, interfaces and frames.
	Comment string
	// Names is what the file calls addresses, in its order.
	Names []Name
	// Passed counts the blocks that are not read, by what they are.
	Passed map[string]uint64
}

// maxComment bounds Info.Comment, in bytes.
const maxComment = 4 << 10

// maxFrame bounds one frame. The largest link types (USB, D-Bus) allow more; nothing that carries IP does.
const maxFrame = 16 << 20

// A Reader yields the frames of one file.
type Reader struct {
	win    window
	format container
	report func(evidence.Problem)
	frames uint64
	ahead  []Frame // at most one, read when the Block before it was full
	info   Info
	unsaid int // comments left out or cut
}

// container is what differs between the two formats.
type container interface {
	// next reads what comes next, which need not be a frame. It fills f, but for its number, and tells io.EOF at the end of what
	// can be read.
	next(r *Reader, f *Frame) (found bool, err error)
}

// ErrFormat is returned by Open for a file that is neither pcap nor pcapng.
var ErrFormat = errors.New("neither pcap nor pcapng")

// Sniff tells from the first bytes whether Open reads the file.
func Sniff(head []byte) bool {
	return sniffPcap(head) || sniffNG(head)
}

// Open reads the file header. Damage met now or later is handed to report, with the offset or frame as its place and
// without the name of the file.
func Open(in io.ReaderAt, size int64, report func(evidence.Problem)) (*Reader, error) {
	r := &Reader{win: window{in: in, size: size}, report: report}
	head, err := r.win.peek(pcapHeaderLen)
	if err != nil {
		return nil, err
	}
	switch {
	case sniffNG(head):
		r.info.Kind = "pcapng"
		r.format = &ng{}
	case sniffPcap(head) && len(head) < pcapHeaderLen:
		return nil, fmt.Errorf("read file header: %w", io.ErrUnexpectedEOF)
	case sniffPcap(head):
		r.info.Kind = "pcap"
		r.format = openPcap(r, head)
	default:
		return nil, ErrFormat
	}
	return r, nil
}

// Info tells what is known of the file so far; it is complete after Read has returned io.EOF.
func (r *Reader) Info() Info {
	info := r.info
	if r.unsaid > 0 {
		info.Comment += fmt.Sprintf("; comments not kept whole: %d", r.unsaid)
	}
	return info
}

// Read reads the next frames into b, as many as one piece of memory holds; that may be none. With the last that can be read
// it returns io.EOF.
func (r *Reader) Read(b *Block) error {
	b.Frames = append(b.Frames[:0], r.ahead...)
	r.ahead = r.ahead[:0]
	r.win.keep(b.memory)
	for {
		n := len(b.Frames)
		b.Frames = append(b.Frames, Frame{})
		found, err := r.format.next(r, &b.Frames[n])
		if found {
			r.frames++
			b.Frames[n].Number = r.frames
		}
		if err != nil && err != io.EOF {
			err = fmt.Errorf("read frame %d: %w", r.frames+1, err)
		}
		if kept, moved := r.win.moved(); moved {
			b.memory = kept
			if found {
				r.ahead = append(r.ahead, b.Frames[n])
			}
			b.Frames = b.Frames[:n]
			return err
		}
		if !found {
			b.Frames = b.Frames[:n]
		}
		if err != nil {
			return err
		}
	}
}

// problem reports damage at a byte of the file.
func (r *Reader) problem(kind evidence.ProblemKind, at int64, format string, args ...any) {
	r.report(evidence.Problem{
		Kind: kind,
		Ref:  evidence.Ref{Unit: "offset", N: uint64(at)},
		Err:  fmt.Errorf("after frame %d: "+format, append([]any{r.frames}, args...)...),
	})
}

// comment adds a comment, with its place before it.
func (r *Reader) comment(place string, text []byte) {
	if room := max(maxComment-len(r.info.Comment), 0); len(text) > room {
		r.unsaid++
		text = text[:room]
	}
	if len(text) == 0 {
		return
	}
	if r.info.Comment != "" {
		r.info.Comment += "; "
	}
	r.info.Comment += place + strings.ToValidUTF8(string(text), "\ufffd")
}

// passes names the types of blocks that hold no packets. All others go by one name: the file does not decide how many there
// are to tell apart.
var passes = map[uint32]string{
	9: "systemd journal", 10: "decryption secrets", 0xbad: "custom", 0x40000bad: "custom",
}

// pass counts a block that is not read.
func (r *Reader) pass(kind uint32) {
	if r.info.Passed == nil {
		r.info.Passed = map[string]uint64{}
	}
	name, ok := passes[kind]
	if !ok {
		name = "other"
	}
	r.info.Passed[name]++
}

// clock is the time at a number of seconds and nanoseconds since 1970, the zero time outside the years 1 to 9999.
func clock(sec int64, ns uint32) time.Time {
	const year9999 = 253402300799
	const year1 = -62135596800
	if sec <= year1 || sec > year9999 {
		return time.Time{}
	}
	return time.Unix(sec, int64(ns)).UTC()
}

func order(big bool) binary.ByteOrder {
	if big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}
