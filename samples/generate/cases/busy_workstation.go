package cases

import (
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/transcript"
	"github.com/wirewitness/wirewitness/samples/generate/wire"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

var busyWorkstation = Case{
	Name: "busy-workstation",
	Made: "Sysmon and Security logs of WS-11 over a working day and a pcapng capture with nanoseconds. Chromium, curl and wget to nginx, " +
		"smbclient to Samba, MIT Kerberos, OpenLDAP, chrony, and a call between two ends of Chromium (STUN that carries DTLS, and SRTP, cut).",
	Expect: Expect{
		Clean: true,
		Statement: "Clean. Everything that could look like more has its reason: the updater in AppData belongs to a product, asks one site of its vendor three times " +
			"a day and uploads nothing; the clock is asked every 1024 s, by the time service and over NTP; the 60 MB upload is the backup agent's and stays " +
			"inside; SMB goes to the file server only; the call's UDP goes to the service whose name its program looked up.",
	},
	Build: func() []File {
		w := world.New(5)
		h := w.Host("WS-11", "10.20.1.61", `CORP\jdoe`)
		h.Addr6 = netip.MustParseAddr("2001:db8:20:1::61")
		h.Logs = world.Logs{Sysmon: true, Security: true}
		h.Offload = true

		d := logOn(w, h, world.At("08:31:17"))
		d.backUp(world.At("08:31:31"), world.At("12:30:00"))
		d.keepTime(world.At("08:33:00"), 28)
		for _, at := range []string{"09:04:18", "10:40:52", "13:35:09", "15:12:27"} {
			d.readNews(world.At(at))
		}
		for _, at := range []string{"08:41:30", "10:22:19", "14:07:51"} {
			d.share(world.At(at))
		}
		for _, at := range []string{"09:17:42", "09:58:03", "11:02:44", "14:55:31", "15:40:08"} {
			d.chat(world.At(at))
		}
		for _, at := range []string{"09:49:12", "11:31:26", "16:33:05"} {
			d.sync(world.At(at))
		}
		d.browse6(world.At("10:05:27"), "browser-wiki", "wiki.example.org")
		d.checkConnection("08:31:52", "12:58:14")
		d.lookForUpdates("08:47:33", "12:11:02", "15:53:48")
		d.print(world.At("11:09:56"))
		d.call(world.At("13:00:40"))
		return append(eventLogs(h), File{"ws-11.pcapng", wire.Pcapng(w.Packets(), `\Device\NPF_Ethernet`)})
	},
}

// keepTime asks the domain controller for the time every 1024 s, always from port 123.
func (d *desk) keepTime(at time.Time, times int) {
	const interval = 1024 * time.Second
	recorded := one("ntp")
	talk := transcript.Conversation{UDP: true}
	for i := range times {
		pair := i * 2 % len(recorded.Turns)
		talk.Turns = append(talk.Turns, recorded.Turns[pair:pair+2]...)
	}
	d.TimeService.Connect(world.Conn{At: at, LocalPort: 123, To: netip.AddrPortFrom(world.DC, 123), Talk: talk,
		Pause: func(n int) time.Duration {
			if n == 0 {
				return 0
			}
			return interval
		}})
}

// browse6 opens a page over IPv6.
func (d *desk) browse6(at time.Time, recording, site string) {
	addr, at := d.browser.Lookup6(at, site)
	for _, talk := range transcript.Load(recording) {
		d.browser.Connect(world.Conn{At: at, To: netip.AddrPortFrom(addr, 443), Name: site, Talk: talk})
	}
}

// checkConnection is how Windows finds out whether it has the internet, over plain HTTP.
func (d *desk) checkConnection(clocks ...string) {
	for _, clock := range clocks {
		d.Network.Visit(world.At(clock), "connect.office.test", 80, one("connectivity"))
	}
}

// lookForUpdates runs the updater of a product that installs itself for one user, as a scheduled task.
func (d *desk) lookForUpdates(clocks ...string) {
	updater := d.Installed(`C:\Users\jdoe\AppData\Local\Apps\Updater\AppsUpdater.exe`, "--check", "Apps Software GmbH", "Apps Updater")
	for _, clock := range clocks {
		p := d.Scheduler.Start(world.At(clock), updater)
		p.Exit(p.Visit(world.At(clock).Add(time.Second), "update.apps.test", 443, one("update-check")))
	}
}

func (d *desk) print(at time.Time) {
	d.Spooler.Visit(at, "prt01.corp.test", 9100, one("print"))
}

// call is half a minute of video with the meeting service.
func (d *desk) call(at time.Time) {
	addr, at := d.meeting.Lookup(at, "call.office.test")
	d.meeting.Connect(world.Conn{At: at, To: netip.AddrPortFrom(addr, 3478), Name: "call.office.test", Talk: one("call"),
		Pause: func(int) time.Duration { return 50 * time.Millisecond }})
}

// backUp starts the backup agent, a service, which sends the day's changes to the backup server at noon.
func (d *desk) backUp(boot, at time.Time) {
	agent := d.Services.Start(boot, d.Installed(`C:\Program Files\Backup\backup-agent.exe`, "--service", "Backup Software Ltd", "Backup Agent").As(world.LocalSystem))
	agent.Visit(at, "backup01.corp.test", 443, one("backup"))
}
