package pcap

import (
	"net/netip"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// TestAnnounced: a connection that another one's content names is called what it was announced to be.
func TestAnnounced(t *testing.T) {
	control, server6 := netip.MustParseAddrPort("192.0.2.20:2121"), netip.MustParseAddrPort("[2001:db8::20]:2121")
	client6 := netip.MustParseAddrPort("[2001:db8::10]:50000")
	// open is a connection in which the opener says one thing and hears another.
	open := func(r *recording, from, to netip.AddrPort, up, down string) *recording {
		return r.tcp(from, to, "S", 10, 0, "").tcp(to, from, "S.", 90, 11, "").tcp(to, from, ".", 91, 11, down).tcp(from, to, ".", 11, 91+uint32(len(down)), up)
	}
	at := func(a netip.AddrPort, port uint16) netip.AddrPort { return netip.AddrPortFrom(a.Addr(), port) }
	const hello, sip = "220 FTP\r\n", "INVITE sip:b@example.org SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n"
	for _, c := range []struct {
		why   string
		sent  *recording
		is    string
		inner string
	}{
		{"passive", open(open(record(), client, control, "PASV\r\n", hello+"227 Entering Passive Mode (192,0,2,20,200,10).\r\n"), client, at(control, 51210), "", "file"), "ftp-data", ""},
		{"passive, the address is one behind a translator", open(open(record(), client, control, "PASV\r\n", hello+"227 Go =10,0,0,9,200,10\r\n"), client, at(control, 51210), "", "file"), "ftp-data", ""},
		{"extended passive", open(open(record(), client6, server6, "EPSV\r\n", hello+"229 Go (|||51210|)\r\n"), client6, at(server6, 51210), "", "file"), "ftp-data", ""},
		{"active", open(open(record(), client, control, "PORT "+"198,51,100,10,200,10\r\n", hello), at(control, 20), netip.MustParseAddrPort("198.51.100.10:51210"), "file", ""), "ftp-data", ""},
		{"extended active", open(open(record(), client6, server6, "EPRT |2|2001:db8::10|51210|\r\n", hello), at(server6, 20), at(client6, 51210), "file", ""), "ftp-data", ""},
		{"what the file looks like runs inside", open(open(record(), client, control, "PASV\r\n", hello+"227 Go (192,0,2,20,200,10)\r\n"), client, at(control, 51210), "", "SSH-2.0-x\r\n"), "ftp-data", "ssh"},
		{"another port", open(open(record(), client, control, "PASV\r\n", hello+"227 Go (192,0,2,20,200,11)\r\n"), client, at(control, 51210), "", "file"), "", ""},
		{"the client cannot name the server's port", open(open(record(), client, control, "227 Go (192,0,2,20,200,10)\r\n", hello), client, at(control, 51210), "", "file"), "", ""},
		{"numbers that are no bytes", open(open(record(), client, control, "PASV\r\n", hello+"227 Go (192,0,2,20,200,266)\r\n"), client, at(control, 51210), "", "file"), "", ""},
		{"TFTP answers from another port", record().udp(at(client, 4000), at(control, 69), "\x00\x01boot\x00octet\x00blksize\x001400\x00").udp(at(control, 3333), at(client, 4000), "\x00\x03\x00\x01"+response), "tftp", ""},
		{"SIP announces media at another address", record().udp(client, control, sip+"c=IN IP4 198.51.100.77\r\nm=audio 49170 RTP/AVP 0\r\n").udp(at(control, 9000), netip.MustParseAddrPort("198.51.100.77:49170"), "\x80\x00sound"), "rtp", ""},
		{"SIP announces media at the address of one of several", record().udp(client, control, sip+"m=audio 0 RTP/AVP 0\r\nm=video 49170/2 RTP/AVPF 96\r\nc=IN IP4 198.51.100.77\r\n").udp(netip.MustParseAddrPort("198.51.100.77:49170"), at(control, 9000), "\x80\x60view"), "rtp", ""},
		{"control messages go to the next port", record().udp(client, control, sip+"m=audio 49170 RTP/AVP 0\r\n").udp(at(control, 9000), at(client, 49171), "\x80\xc8\x00\x01abcd"), "rtp", ""},
		{"SIP over TCP announces media over UDP", open(record(), client, control, sip+"m=audio 49170 RTP/AVP 0\r\na=rtcp:5000\r\n", "").udp(at(control, 9000), at(client, 5000), "\x80\xc8\x00\x01abcd"), "rtp", ""},
		{"control messages come to the same port", record().udp(client, control, sip+"m=audio 49170 RTP/AVP 0\r\na=rtcp-mux\r\n").udp(at(control, 9000), at(client, 49171), "?"), "", ""},
		{"no RTP", record().udp(client, control, sip+"m=image 49170 udptl t38\r\n").udp(at(control, 9000), at(client, 49170), "?"), "", ""},
	} {
		conns := parseBytes(t, c.sent.pcap()).Conns
		if len(conns) != 2 {
			t.Fatalf("%s: %d connections", c.why, len(conns))
		}
		got := conns[1]
		inner := ""
		if len(got.Inner) > 0 {
			inner = got.Inner[0]
		}
		if got.Protocol != c.is || inner != c.inner || (got.Announced != evidence.Ref{}) != (c.is != "") || c.is != "" && got.Announced != conns[0].Ref {
			t.Errorf("%s: %q %v, announced by %v", c.why, got.Protocol, got.Inner, got.Announced)
		}
	}
}

// TestAnnouncedMediaSpeaks: what the content of announced media tells comes first.
func TestAnnouncedMediaSpeaks(t *testing.T) {
	sip := "INVITE sip:b@example.org SIP/2.0\r\n\r\nv=0\r\nm=audio 49170 UDP/TLS/RTP/SAVPF 96\r\n"
	stun := "\x00\x01\x00\x00\x21\x12\xa4\x42" + "transaction-"
	r := record().udp(client, server, sip).udp(netip.AddrPortFrom(server.Addr(), 9000), netip.AddrPortFrom(client.Addr(), 49170), stun)
	if got := parseBytes(t, r.pcap()).Conns[1]; got.Protocol != "stun" || got.Announced != (evidence.Ref{}) {
		t.Errorf("%q announced by %v", got.Protocol, got.Announced)
	}
}

// TestAnnouncedWithoutTime: in a frame that has no time something may be announced to one that has.
func TestAnnouncedWithoutTime(t *testing.T) {
	f := follow(maxLive)
	r := record().udp(client, server, "\x00\x01boot\x00octet\x00").udp(netip.AddrPortFrom(server.Addr(), 3333), client, "\x00\x03\x00\x01"+response)
	r.frames[0].at = time.Time{}
	f.see(t, r)
	f.end()
	if got := f.got.Conns[1]; got.Protocol != "tftp" || got.Announced.N != 1 {
		t.Errorf("%q announced by %v", got.Protocol, got.Announced)
	}
}

// TestAnnouncementsAreForgotten: what waited too long gives way to what is announced now, and so does what a wrong clock announced.
func TestAnnouncementsAreForgotten(t *testing.T) {
	for _, at := range []time.Time{epoch.Add(-2 * longestWait), epoch.AddDate(50, 0, 0)} {
		l := newListener("test")
		for i := range maxAwaited {
			l.awaited[place{tunnel: uint32(i)}] = announcement{at: at}
		}
		if l.forget(epoch); len(l.awaited) != 0 {
			t.Errorf("%d announced at %v still wait at %v", len(l.awaited), at, epoch)
		}
	}
}
