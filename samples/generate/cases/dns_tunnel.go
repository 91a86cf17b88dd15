package cases

import (
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/transcript"
	"github.com/wirewitness/wirewitness/samples/generate/wire"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

var dnsTunnel = Case{
	Name: "dns-tunnel",
	Made: "Sysmon and Security logs of WS-09 and a capture. Questions and answers: dig and BIND, 200 names that never repeat.",
	Expect: Expect{
		Statement: "prnhelp.exe asks for 200 different long names under example.net within a quarter of an hour, TXT and NULL. " +
			"On the wire and in event 3 svchost.exe (Dnscache) sends them; Sysmon 22 says who asked.",
		First: &First{Host: "WS-09", Programs: []string{"prnhelp.exe"}, Peer: "10.20.0.10", Domain: "example.net", Port: 53,
			Severity: "high", Families: []string{"process", "content"}},
	},
	Build: func() []File {
		w := world.New(3)
		h := w.Host("WS-09", "10.20.1.59", `CORP\blee`)
		h.Logs = world.Logs{Sysmon: true, Security: true}

		d := logOn(w, h, world.At("14:02:44"))
		d.readNews(world.At("14:09:00"))

		tunnel := h.Explorer.Start(world.At("14:20:11"), h.Installed(`C:\ProgramData\PrintCache\prnhelp.exe`, "", "", ""))
		at := world.At("14:20:12")
		for _, talk := range transcript.Load("tunnel") {
			tunnel.Ask(at, talk)
			at = at.Add(w.Jitter(3800*time.Millisecond, 0.9))
		}
		tunnel.Exit(at)

		d.share(world.At("14:27:15"))
		d.sync(world.At("14:33:38"))
		return append(eventLogs(h), File{"sensor.pcap", wire.Pcap(w.Packets())})
	},
}
