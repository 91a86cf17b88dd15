package cases

import (
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/wire"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

var httpsUpload = Case{
	Name: "https-upload",
	Made: "Sysmon and Security logs of WS-07 and a capture on it (gzip), in which segments are larger than the network's and " +
		"only the first 8 KiB of each direction of a connection are kept whole. Upload: curl to nginx.",
	Expect: Expect{
		Statement: "fsync.exe, which runs from the user's AppData, sends 180 MB over HTTPS to files.example.net and gets next to nothing back.",
		First: &First{Host: "WS-07", Programs: []string{"fsync.exe"}, Peer: "203.0.113.40", Domain: "files.example.net", Port: 443,
			Severity: "high", Families: []string{"process", "volume"}},
	},
	Build: func() []File {
		w := world.New(1)
		h := w.Host("WS-07", "10.20.1.57", `CORP\jdoe`)
		h.Logs = world.Logs{Sysmon: true, Security: true}
		h.Offload = true

		d := logOn(w, h, world.At("08:57:12"))
		d.readNews(world.At("09:12:40"))
		d.share(world.At("09:31:05"))

		shell := h.Explorer.Start(world.At("10:11:50"), h.Windows("cmd.exe", "", "Windows Command Processor"))
		upload := shell.Start(world.At("10:12:07"), h.Installed(`C:\Users\jdoe\AppData\Roaming\Fileshare\fsync.exe`, `--all "C:\Users\jdoe\Documents"`, "", ""))
		done := upload.Visit(world.At("10:12:08"), "files.example.net", 443, one("https-upload"))
		upload.Exit(done.Add(300 * time.Millisecond))
		shell.Exit(done.Add(9 * time.Second))

		d.sync(world.At("10:31:44"))
		return append(eventLogs(h), File{"ws-07.pcap.gz", wire.Gzip(wire.Pcap(w.Packets()))})
	},
}
