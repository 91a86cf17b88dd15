package cases

import (
	"github.com/wirewitness/wirewitness/samples/generate/wire"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

var onlyProcess = Case{
	Name: "only-process",
	Made: "Sysmon and Security logs of WS-21 and a capture. HTTPS: curl to nginx.",
	Expect: Expect{
		Statement: "Word starts a reader, starts a thread inside it at an address outside any module, and the reader talks HTTPS. Port, amount, " +
			"rhythm and content of the connection are ordinary: only the process family speaks.",
		First: &First{Host: "WS-21", Programs: []string{"Reader.exe"}, Peer: "203.0.113.85", Domain: "app.example.com", Port: 443,
			Severity: "medium", Families: []string{"process"}, Only: true},
	},
	Build: func() []File {
		w := world.New(6)
		h := w.Host("WS-21", "10.20.1.71", `CORP\asmith`)
		h.Logs = world.Logs{Sysmon: true, Security: true}
		d := logOn(w, h, world.At("09:30:21"))
		d.readNews(world.At("09:38:14"))
		d.share(world.At("09:52:40"))

		word := h.Explorer.Start(world.At("10:03:10"), h.Installed(`C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE`,
			`/n "C:\Users\asmith\Downloads\invoice.docm"`, "Microsoft Corporation", "Microsoft Office"))
		reader := word.Start(world.At("10:03:31"), h.Installed(`C:\Program Files\Contoso\Reader\Reader.exe`, "", "Contoso Ltd", "Contoso Reader"))
		word.Inject(world.At("10:04:12"), reader)
		reader.Visit(world.At("10:04:15"), "app.example.com", 443, one("app"))

		d.sync(world.At("10:20:16"))
		return append(eventLogs(h), File{"sensor.pcap", wire.Pcap(w.Packets())})
	},
}
