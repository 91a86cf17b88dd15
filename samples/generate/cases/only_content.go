package cases

import (
	"net/netip"

	"github.com/wirewitness/wirewitness/samples/generate/wire"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

var onlyContent = Case{
	Name: "only-content",
	Made: "Sysmon and Security logs of WS-25 and a capture. TLS: openssl s_client to nginx with a self-signed certificate.",
	Expect: Expect{
		Statement: "An installed program opens one TLS connection to a bare address: no server name in the hello, a self-signed certificate for localhost in the answer. " +
			"Only the content family speaks.",
		First: &First{Host: "WS-25", Programs: []string{"Viewer.exe"}, Peer: "203.0.113.21", Port: 443,
			Severity: "medium", Families: []string{"content"}, Only: true},
	},
	Build: func() []File {
		w := world.New(10)
		h := w.Host("WS-25", "10.20.1.75", `CORP\blee`)
		h.Logs = world.Logs{Sysmon: true, Security: true}
		d := logOn(w, h, world.At("13:31:48"))
		d.readNews(world.At("13:40:33"))
		d.share(world.At("13:58:12"))

		viewer := h.Explorer.Start(world.At("14:11:20"), h.Installed(`C:\Program Files\Contoso\Viewer\Viewer.exe`, "", "Contoso Ltd", "Contoso Viewer"))
		viewer.Connect(world.Conn{At: world.At("14:12:51"), To: netip.MustParseAddrPort("203.0.113.21:443"), Talk: one("bare-address")})

		d.chat(world.At("14:29:55"))
		return append(eventLogs(h), File{"sensor.pcap", wire.Pcap(w.Packets())})
	},
}
