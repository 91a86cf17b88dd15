package cases

import (
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/transcript"
	"github.com/wirewitness/wirewitness/samples/generate/wire"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

var onlyTiming = Case{
	Name: "only-timing",
	Made: "Sysmon and Security logs of WS-24 and a capture. HTTPS: curl to nginx, 40 connections.",
	Expect: Expect{
		Statement: "An installed program asks api.example.org for a little something over ordinary HTTPS every 120 s, give or take 3 %, 40 times: only the timing family speaks.",
		First: &First{Host: "WS-24", Programs: []string{"Assistant.exe"}, Peer: "203.0.113.80", Domain: "api.example.org", Port: 443,
			Severity: "medium", Families: []string{"timing"}, Only: true},
	},
	Build: func() []File {
		w := world.New(9)
		h := w.Host("WS-24", "10.20.1.74", `CORP\asmith`)
		h.Logs = world.Logs{Sysmon: true, Security: true}
		d := logOn(w, h, world.At("11:02:12"))
		d.readNews(world.At("11:09:50"))
		d.share(world.At("11:40:27"))

		assistant := h.Explorer.Start(world.At("11:04:40"), h.Installed(`C:\Program Files\Contoso\Assistant\Assistant.exe`, "/startup", "Contoso Ltd", "Contoso Assistant"))
		at := world.At("11:15:03")
		for _, talk := range transcript.Load("status") {
			assistant.Visit(at, "api.example.org", 443, talk)
			at = at.Add(w.Jitter(2*time.Minute, 0.03))
		}

		d.chat(world.At("12:04:31"))
		d.browse(world.At("12:20:08"), "browser-news", "www.news.test")
		return append(eventLogs(h), File{"sensor.pcap", wire.Pcap(w.Packets())})
	},
}
