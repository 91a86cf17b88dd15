package cases

import (
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/transcript"
	"github.com/wirewitness/wirewitness/samples/generate/wire"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

var tlsBeacon = Case{
	Name: "tls-beacon",
	Made: "Sysmon and Security logs of WS-12 and a pcapng capture with nanoseconds beside it. The host's clock is 2 h 7 min 41 s behind; " +
		"the UtcTime of Sysmon 3 and 22 is 5 h 14 min 32 s behind and, after a step, 3 h 58 min 10 s. " +
		"Beacon: curl to nginx with a self-signed certificate, 48 connections.",
	Expect: Expect{
		Statement: "rundll32.exe, started without arguments, calls 203.0.113.7:50995 over TLS every 60 s, give or take a tenth; the host's clock is hours off, and that of Sysmon's network events steps.",
		First: &First{Host: "WS-12", Programs: []string{"rundll32.exe"}, Peer: "203.0.113.7", Port: 50995,
			Severity: "high", Families: []string{"process", "port", "timing", "content"}},
	},
	Build: func() []File {
		w := world.New(2)
		h := w.Host("WS-12", "10.20.1.62", `CORP\asmith`)
		h.Logs = world.Logs{Sysmon: true, Security: true}
		h.Clock = -(2*time.Hour + 7*time.Minute + 41*time.Second)
		step := world.At("13:41:00")
		h.NetworkClock = func(t time.Time) time.Duration {
			if t.Before(step) {
				return -(5*time.Hour + 14*time.Minute + 32*time.Second)
			}
			return -(3*time.Hour + 58*time.Minute + 10*time.Second)
		}

		d := logOn(w, h, world.At("12:58:03"))
		d.readNews(world.At("13:04:10"))

		beacon := h.Explorer.Start(world.At("13:16:20"), h.Windows("rundll32.exe", "", "Windows host process (Rundll32)"))
		at := world.At("13:16:22")
		for _, talk := range transcript.Load("beacon") {
			beacon.Connect(world.Conn{At: at, To: netip.MustParseAddrPort("203.0.113.7:50995"), Talk: talk})
			at = at.Add(w.Jitter(time.Minute, 0.1))
		}
		beacon.Exit(at)

		d.share(world.At("13:22:31"))
		d.chat(world.At("13:47:02"))
		d.browse(world.At("13:55:49"), "browser-shop", "www.shop.test")
		return append(eventLogs(h), File{"sensor.pcapng", wire.Pcapng(w.Packets(), "eth1")})
	},
}
