package cases

import (
	"cmp"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
	"github.com/wirewitness/wirewitness/samples/generate/transcript"
	"github.com/wirewitness/wirewitness/samples/generate/wire"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

// A Large is an office of any size: browsing, look-ups, file shares, chat, and a beacon on every 25th workstation.
type Large struct {
	Hosts, Flows int
	// Logged is the share of the hosts that keep Sysmon's log: of the others only the capture tells.
	Logged float64
}

// A Made is what Write has made of it.
type Made struct {
	Hosts, Logs, Flows, Packets, Events int
	Until                               time.Time
}

func (m Made) String() string {
	return fmt.Sprintf("%d hosts, %d with a log, %d flows, %d packets and %d events until %s", m.Hosts, m.Logs, m.Flows, m.Packets, m.Events, m.Until.Format(time.DateTime))
}

// Write plays the office minute by minute until it has seen so many flows. Its memory is that of a minute.
func (l Large) Write(folder string) (made Made, err error) {
	o := office{w: world.New(uint64(l.Hosts)), made: Made{Hosts: l.Hosts, Until: world.At("08:00:00")}}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return made, err
	}
	sensor, err := os.Create(filepath.Join(folder, "sensor.pcap"))
	if err != nil {
		return made, err
	}
	o.sensor = wire.NewWriter(sensor)
	for n := range l.Hosts {
		if err := o.seat(folder, n, float64(n) < l.Logged*float64(l.Hosts)); err != nil {
			return made, err
		}
	}
	for err == nil && o.w.Flows() < l.Flows {
		o.made.Until = o.made.Until.Add(time.Minute)
		err = o.minute()
	}
	o.made.Flows = o.w.Flows()
	return o.made, cmp.Or(err, o.drain(o.made.Until.Add(24*time.Hour)), o.close(), o.sensor.Flush(), sensor.Close())
}

type office struct {
	w      *world.World
	sensor *wire.Writer
	seats  []*seat
	made   Made
}

// A seat is a workstation with somebody at it.
type seat struct {
	*desk
	file   *os.File // nil where no log is kept
	log    *evtxfile.Stream
	turn   int
	next   time.Time
	beacon *world.Process // nil on most
	calls  int
	call   time.Time
}

// seat puts a workstation into the office, which somebody signs in to within the first minutes.
func (o *office) seat(folder string, n int, logged bool) (err error) {
	const perNet, beaconEvery = 200, 25
	name := fmt.Sprintf("WS-%04d", n)
	addr := netip.AddrFrom4([4]byte{10, 20, byte(1 + n/perNet), byte(20 + n%perNet)})
	h := o.w.Host(name, addr.String(), fmt.Sprintf(`CORP\user%04d`, n))
	h.Logs = world.Logs{Sysmon: logged}
	s := &seat{turn: n}
	if logged {
		o.made.Logs++
		if s.file, err = os.Create(filepath.Join(folder, name+".evtx")); err != nil {
			return err
		}
		if s.log, err = evtxfile.NewStream(s.file); err != nil {
			return err
		}
	}
	at := o.made.Until.Add(o.w.Jitter(time.Minute, 0.9))
	s.desk = logOn(o.w, h, at)
	s.next = at.Add(3 * time.Minute)
	if n%beaconEvery == 0 {
		s.call = at.Add(10 * time.Minute)
		s.beacon = h.Explorer.Start(s.call, h.Windows("rundll32.exe", "", "Windows host process (Rundll32)"))
	}
	o.seats = append(o.seats, s)
	return nil
}

// minute lets everybody work until the end of a minute and writes what happened before it.
func (o *office) minute() error {
	for _, s := range o.seats {
		for ; s.next.Before(o.made.Until); s.next = s.next.Add(o.w.Jitter(80*time.Second, 0.9)) {
			s.work(s.next)
		}
		for ; s.beacon != nil && s.call.Before(o.made.Until); s.call = s.call.Add(o.w.Jitter(time.Minute, 0.1)) {
			talks := transcript.Load("beacon")
			s.beacon.Connect(world.Conn{At: s.call, To: netip.MustParseAddrPort("203.0.113.7:50995"), Talk: talks[s.calls%len(talks)]})
			s.calls++
		}
	}
	return o.drain(o.made.Until)
}

func (s *seat) work(at time.Time) {
	switch s.turn++; s.turn % 6 {
	case 0:
		s.browse(at, "browser-news", "www.news.test")
	case 1:
		s.share(at)
	case 2:
		s.browse(at, "browser-wiki", "wiki.example.org")
	case 3:
		s.chat(at)
	case 4:
		s.browse(at, "browser-shop", "www.shop.test")
	case 5:
		s.sync(at)
	}
}

// drain writes what happened before a time. An event reaches its log some milliseconds after what it speaks of, so the
// last ones are left for the next time.
func (o *office) drain(until time.Time) error {
	for _, p := range o.w.Drain(until) {
		o.made.Packets++
		if err := o.sensor.Write(p); err != nil {
			return err
		}
	}
	for _, s := range o.seats {
		for _, e := range s.Drain(until.Add(-time.Second)) {
			o.made.Events++
			if err := s.log.Write(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *office) close() (err error) {
	for _, s := range o.seats {
		if s.log != nil {
			err = cmp.Or(err, s.log.Close(), s.file.Close())
		}
	}
	return err
}
