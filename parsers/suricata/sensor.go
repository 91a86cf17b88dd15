package suricata

import (
	"time"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// sensors are those that wrote into one log: logs of several may have been put together, each with its name as host.
type sensors struct {
	file, folder string
	list         []*sensor
	byHost       map[string]*sensor
}

type sensor struct {
	capture evidence.Capture
	drops   drops
}

func newSensors(in *parsers.Input) sensors {
	ss := sensors{file: in.Name, folder: in.Folder, byHost: map[string]*sensor{}}
	if ss.folder == "" {
		ss.folder = "."
	}
	return ss
}

// maxSensors bounds how many names are told apart in one log.
const maxSensors = 1024

// of returns the sensor with this name; without one the folder stands for it.
func (ss *sensors) of(host text) *sensor {
	if s := ss.byHost[string(host)]; s != nil {
		return s
	}
	if len(host) > 0 && len(ss.list) >= maxSensors {
		return ss.of(nil)
	}
	name := ss.folder
	if len(host) > 0 {
		name += ":" + string(host)
	}
	s := &sensor{capture: evidence.Capture{Ref: evidence.Ref{File: ss.file}, Kind: "suricata", Sensor: name}}
	ss.byHost[string(host)] = s
	ss.list = append(ss.list, s)
	return s
}

// push states every sensor's part of the log; a log without a line that could be read states that.
func (ss *sensors) push(out evidence.Sink, comment string) {
	if len(ss.list) == 0 {
		ss.of(nil)
	}
	for _, s := range ss.list {
		s.capture.Dropped, s.capture.Comment = s.drops.total(), comment
		out.Capture(s.capture)
	}
}

// span widens the time covered.
func (s *sensor) span(at time.Time) {
	if at.IsZero() {
		return
	}
	if s.capture.First.IsZero() || at.Before(s.capture.First) {
		s.capture.First = at
	}
	if at.After(s.capture.Last) {
		s.capture.Last = at
	}
}

// stats is the part of the statistics that says what the capture lost. Reading a file has no such part.
type stats struct {
	Capture captureStats
}

func (s *stats) field(name []byte) any {
	switch string(name) {
	case "capture":
		return &s.Capture
	}
	return nil
}

type captureStats struct {
	KernelDrops number
}

func (c *captureStats) field(name []byte) any {
	switch string(name) {
	case "kernel_drops":
		return &c.KernelDrops
	}
	return nil
}

// drops follows a counter that runs since Suricata was started, and starts again with it.
type drops struct{ before, last evidence.Count }

func (d *drops) add(s *stats) {
	if s == nil || !s.Capture.KernelDrops.Known {
		return
	}
	now := s.Capture.KernelDrops.Count
	if now.N < d.last.N {
		d.before = evidence.Measured(d.before.N + d.last.N)
	}
	d.last = now
}

func (d *drops) total() evidence.Count {
	if !d.last.Known {
		return d.last
	}
	return evidence.Measured(d.before.N + d.last.N)
}
