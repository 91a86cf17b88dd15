package world

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
)

// Logs says which logs a host keeps.
type Logs struct {
	Sysmon    bool // 1, 3, 5, 8, 22
	Security  bool // 4688, 4689, 5156
	DNSClient bool // 3006, 3008, 3020
}

// A Host is a workstation of the office. Set the exported fields before anything happens on it.
type Host struct {
	Name string
	Addr netip.Addr
	// Addr6 is its address for IPv6, if it has one.
	Addr6 netip.Addr
	// User is who is logged on.
	User string
	Logs Logs
	// Clock is by how much the host's clock is off.
	Clock time.Duration
	// NetworkClock is by how much the UtcTime of Sysmon's events 3 and 22 is off at a time; nil for as much as Clock.
	NetworkClock func(time.Time) time.Duration
	// Offload: the capture was made on the host itself, before its network card cut large segments up.
	Offload bool

	// The processes that every session has.
	System, Services, Scheduler, DNSCache, Network, TimeService, LSASS, Spooler, Explorer *Process

	w      *World
	mac    [6]byte
	id     uint32
	port   uint16
	pid    uint32
	logged []evtxfile.Event
	cached map[string]time.Time // until when Dnscache knows an answer
}

// Host adds a workstation with all logs switched off.
func (w *World) Host(name, addr, user string) *Host {
	a := netip.MustParseAddr(addr)
	b := a.As4()
	h := &Host{Name: name, Addr: a, User: user, w: w, mac: [6]byte{0x02, 0, b[0], b[1], b[2], b[3]},
		id: w.rng.Uint32(), port: uint16(49700 + w.rng.IntN(4000)), pid: 600 + 4*uint32(w.rng.IntN(40)), cached: map[string]time.Time{}}
	h.System = &Process{Program: Program{Image: "System", User: LocalSystem}, host: h, PID: 4}
	return h
}

// Users that are no persons.
const (
	LocalSystem    = `NT AUTHORITY\SYSTEM`
	networkService = `NT AUTHORITY\NETWORK SERVICE`
	localService   = `NT AUTHORITY\LOCAL SERVICE`
)

// Boot starts Windows, its services and the session of the host's user.
func (h *Host) Boot(at time.Time) {
	h.System.start = at
	h.System.guid = h.w.guid(h.id, at, 4)
	step := func() time.Time { at = at.Add(h.w.Jitter(700*time.Millisecond, 0.6)); return at }
	wininit := h.System.Start(step(), windows("wininit.exe", "wininit.exe", LocalSystem, "Windows Start-Up Application"))
	h.Services = wininit.Start(step(), windows("services.exe", `C:\Windows\system32\services.exe`, LocalSystem, "Services and Controller app"))
	h.LSASS = wininit.Start(step(), windows("lsass.exe", `C:\Windows\system32\lsass.exe`, LocalSystem, "Local Security Authority Process"))
	service := func(args, user string) *Process {
		return h.Services.Start(step(), windows("svchost.exe", `C:\Windows\system32\svchost.exe `+args, user, "Host Process for Windows Services"))
	}
	h.DNSCache = service("-k NetworkService -p -s Dnscache", networkService)
	h.Network = service("-k NetworkService -p -s NlaSvc", networkService)
	h.TimeService = service("-k LocalService -s W32Time", localService)
	h.Scheduler = service("-k netsvcs -p -s Schedule", LocalSystem)
	h.Spooler = h.Services.Start(step(), windows("spoolsv.exe", `C:\Windows\System32\spoolsv.exe`, LocalSystem, "Spooler SubSystem App"))
	winlogon := h.System.Start(step(), windows("winlogon.exe", "winlogon.exe", LocalSystem, "Windows Logon Application"))
	userinit := winlogon.Start(step(), windows("userinit.exe", `C:\Windows\system32\userinit.exe`, h.User, "Userinit Logon Application"))
	explorer := windows("explorer.exe", `C:\Windows\Explorer.EXE`, h.User, "Windows Explorer")
	explorer.Image = `C:\Windows\explorer.exe`
	h.Explorer = userinit.Start(step(), explorer)
	userinit.Exit(step())
}

// nextPort returns ports in turn, from the first one again after the last.
func (h *Host) nextPort() uint16 {
	const first = 49152
	h.port += 1 + uint16(h.w.rng.IntN(3))
	if h.port < first {
		h.port += first
	}
	return h.port
}

func (h *Host) nextPID() uint32 {
	h.pid += 4 * (1 + uint32(h.w.rng.IntN(60)))
	return h.pid
}

// Events returns what the host logged in a channel, in the order of time and with record identifiers.
func (h *Host) Events(channel string) []evtxfile.Event {
	slices.SortStableFunc(h.logged, func(a, b evtxfile.Event) int { return a.Time.Compare(b.Time) })
	var events []evtxfile.Event
	next := uint64(h.id%50000) + 1000
	for _, e := range h.logged {
		if e.Channel == channel {
			e.RecordID = next
			events = append(events, e)
			next++
		}
	}
	return events
}

// Drain returns what the host logged before a time by its own clock, in the order of time and without record identifiers,
// and forgets it.
func (h *Host) Drain(until time.Time) []evtxfile.Event {
	slices.SortStableFunc(h.logged, func(a, b evtxfile.Event) int { return a.Time.Compare(b.Time) })
	n, _ := slices.BinarySearchFunc(h.logged, until, func(e evtxfile.Event, t time.Time) int { return e.Time.Compare(t) })
	events := slices.Clone(h.logged[:n])
	h.logged = slices.Delete(h.logged, 0, n)
	return events
}

// Account is the name of the host's user without the domain.
func (h *Host) Account() string { return h.User[strings.IndexByte(h.User, '\\')+1:] }
