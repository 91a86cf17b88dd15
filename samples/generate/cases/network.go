package cases

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
	"github.com/wirewitness/wirewitness/samples/generate/winlog"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

// A Network is the log of a server that writes down every connection: the filtering platform's in Security, or Sysmon's, which
// has the names that were looked up as well.
type Network struct {
	Bytes  int64
	Sysmon bool
}

// A Talk is what Network.Write has made.
type Talk struct {
	Connections, Events int
	Bytes               int64
	Until               time.Time
}

func (t Talk) String() string {
	return fmt.Sprintf("%d connections in %d events, %d bytes until %s", t.Connections, t.Events, t.Bytes, t.Until.Format(time.DateTime))
}

// What varies in the log of a server: programs and peers come again, ports of clients count on.
const (
	talkers   = 24
	mostPeers = 32
	clients   = 200
	// restart is after how many connections a program is started anew.
	restart   = 2000
	firstPort = 49152
)

// Write makes a log of at least so many bytes.
func (n Network) Write(to io.WriteSeeker) (Talk, error) {
	log, err := evtxfile.NewStream(to)
	if err != nil {
		return Talk{}, err
	}
	s := server{Network: n, m: winlog.Machine{Name: "SRV-01.corp.test", SysmonPID: 3124, LogPID: 4}, log: log,
		rng: rand.New(rand.NewPCG(1, uint64(n.Bytes))), made: Talk{Until: world.At("08:00:00")}}
	for i := range talkers {
		s.programs = append(s.programs, winlog.Process{Image: fmt.Sprintf(`C:\Program Files\Service %02d\service%02d.exe`, i, i), User: `NT AUTHORITY\SYSTEM`, UserSID: "S-1-5-18"})
	}
	for log.Size() < n.Bytes && s.err == nil {
		s.connect()
	}
	if s.err == nil {
		s.err = log.Close()
	}
	s.made.Bytes = log.Size()
	return s.made, s.err
}

// A server is a host whose log is being written.
type server struct {
	Network
	m        winlog.Machine
	log      *evtxfile.Stream
	rng      *rand.Rand
	programs []winlog.Process
	made     Talk
	err      error // of the first event that could not be written
}

func (s *server) write(e evtxfile.Event) {
	s.made.Events++
	if s.err == nil {
		s.err = s.log.Write(e)
	}
}

// connect logs the next connection: two of three a program opens, the others are a client's.
func (s *server) connect() {
	n := s.made.Connections
	s.made.Connections++
	s.made.Until = s.made.Until.Add(time.Duration(s.rng.Int64N(int64(time.Second))))
	which := s.rng.IntN(talkers)
	p := &s.programs[which]
	if p.PID == 0 || n%restart == 0 {
		s.start(p)
	}
	own := netip.AddrFrom4([4]byte{10, 20, 0, 10})
	port := uint16(firstPort + n%(1<<16-firstPort))
	if n%3 == 2 {
		client := netip.AddrFrom4([4]byte{10, 20, 1, byte(20 + s.rng.IntN(clients))})
		s.state(*p, winlog.Connection{Protocol: "tcp", Src: netip.AddrPortFrom(client, port), Dst: netip.AddrPortFrom(own, uint16(8000+which))})
		return
	}
	peer := which*mostPeers + s.rng.IntN(1+which*mostPeers/talkers)
	c := winlog.Connection{Protocol: "tcp", Initiated: true, Src: netip.AddrPortFrom(own, port),
		Dst: netip.AddrPortFrom(netip.AddrFrom4([4]byte{203, 0, byte(113 + peer>>8), byte(peer)}), 443), DstHost: fmt.Sprintf("node%d.example.net", peer)}
	if n%4 == 0 {
		s.lookUp(*p, c)
	}
	s.state(*p, c)
}

// lookUp logs the look-up of a connection's peer, where the log has such.
func (s *server) lookUp(p winlog.Process, c winlog.Connection) {
	if s.Sysmon {
		s.write(s.m.Sysmon22(s.made.Until, p, c.DstHost, "0", "::ffff:"+c.Dst.Addr().String()+";"))
	}
}

// state logs a connection as the log does; the platform writes down the port before.
func (s *server) state(p winlog.Process, c winlog.Connection) {
	at := s.made.Until
	switch {
	case s.Sysmon:
		e := s.m.Sysmon3(at, p, c)
		e.Time = at.Add(time.Second)
		s.write(e)
	case c.Initiated:
		s.write(s.m.Security5158(at, p, c))
		fallthrough
	default:
		s.write(s.m.Security5156(at, p, c))
	}
}

// start gives a program a new process.
func (s *server) start(p *winlog.Process) {
	p.PID = 1000 + 4*uint32(s.rng.IntN(10_000))
	p.GUID = fmt.Sprintf("{01020304-%04x-%04x-%04x-%012x}", uint16(s.made.Until.Unix()), uint16(s.made.Until.Unix()>>16), p.PID, s.made.Events)
	if s.Sysmon {
		s.write(s.m.Sysmon1(s.made.Until, *p))
	} else {
		s.write(s.m.Security4688(s.made.Until, *p))
	}
}
