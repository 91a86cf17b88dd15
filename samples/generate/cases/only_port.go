package cases

import (
	"github.com/wirewitness/wirewitness/samples/generate/wire"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

var onlyPort = Case{
	Name: "only-port",
	Made: "Security and DNS Client logs of WS-22, which has no Sysmon, and a capture. TLS: curl to nginx.",
	Expect: Expect{
		Statement: "An installed program talks TLS to TCP port 53 of sync.example.com, once, with a proper certificate: only the port family speaks.",
		First: &First{Host: "WS-22", Programs: []string{"ContosoSync.exe"}, Peer: "203.0.113.95", Domain: "sync.example.com", Port: 53,
			Severity: "medium", Families: []string{"port"}, Only: true},
	},
	Build: func() []File {
		w := world.New(7)
		h := w.Host("WS-22", "10.20.1.72", `CORP\blee`)
		h.Logs = world.Logs{Security: true, DNSClient: true}
		d := logOn(w, h, world.At("08:12:55"))
		d.readNews(world.At("08:26:02"))
		d.share(world.At("08:44:30"))

		sync := h.Explorer.Start(world.At("09:01:20"), h.Installed(`C:\Program Files\Contoso\Sync\ContosoSync.exe`, "/tray", "Contoso Ltd", "Contoso Sync"))
		sync.Visit(world.At("09:02:37"), "sync.example.com", 53, one("port53"))

		d.chat(world.At("09:18:47"))
		return append(eventLogs(h), File{"sensor.pcap", wire.Pcap(w.Packets())})
	},
}
