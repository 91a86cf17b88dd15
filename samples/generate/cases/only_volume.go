package cases

import (
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/wire"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

var onlyVolume = Case{
	Name: "only-volume",
	Made: "Sysmon and Security events of WS-23 as JSON lines in the shape of evtx_dump, and a capture on it, in which segments are larger than the " +
		"network's and bulk is cut. Upload: curl to nginx.",
	Expect: Expect{
		Statement: "An installed program sends 400 MB over HTTPS to upload.example.com, in one connection that brings nothing back: only the volume family speaks.",
		First: &First{Host: "WS-23", Programs: []string{"MediaStudio.exe"}, Peer: "203.0.113.90", Domain: "upload.example.com", Port: 443,
			Severity: "medium", Families: []string{"volume"}, Only: true},
	},
	Build: func() []File {
		w := world.New(8)
		h := w.Host("WS-23", "10.20.1.73", `CORP\jdoe`)
		h.Logs = world.Logs{Sysmon: true, Security: true}
		h.Offload = true
		d := logOn(w, h, world.At("16:02:31"))
		d.readNews(world.At("16:09:09"))
		d.share(world.At("16:24:52"))

		studio := h.Explorer.Start(world.At("16:40:03"), h.Installed(`C:\Program Files\Contoso\Media\MediaStudio.exe`, "", "Contoso Ltd", "Contoso Media Studio"))
		done := studio.Visit(world.At("16:47:19"), "upload.example.com", 443, one("large-upload"))
		studio.Exit(done.Add(4 * time.Minute))

		d.sync(world.At("17:01:10"))
		return []File{{"ws-23.jsonl", h.JSON()}, {"ws-23.pcap", wire.Pcap(w.Packets())}}
	},
}
