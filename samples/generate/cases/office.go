package cases

import (
	"net/netip"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/transcript"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

// desk is a workstation with an ordinary session on it: what it does here is the background of every case.
type desk struct {
	*world.Host
	w                       *world.World
	browser, drive, meeting *world.Process
}

// logOn boots the host, signs its user in and starts the programs that start with every session.
func logOn(w *world.World, h *world.Host, at time.Time) *desk {
	d := &desk{Host: h, w: w}
	h.Boot(at)
	at = at.Add(20 * time.Second)
	d.signIn(at)
	home := `C:\Users\` + h.Account() + `\AppData\Local\Microsoft\`
	d.drive = h.Explorer.Start(at.Add(9*time.Second), h.Installed(home+`OneDrive\OneDrive.exe`, "/background", "Microsoft Corporation", "Microsoft OneDrive"))
	d.meeting = h.Explorer.Start(at.Add(12*time.Second), h.Installed(home+`Teams\current\Teams.exe`, "--system-initiated", "Microsoft Corporation", "Microsoft Teams"))
	d.sync(at.Add(21 * time.Second))
	d.chat(at.Add(33 * time.Second))
	d.browser = h.Explorer.Start(at.Add(64*time.Second), h.Installed(`C:\Program Files\Google\Chrome\Application\chrome.exe`, "", "Google LLC", "Google Chrome"))
	d.browse(at.Add(67*time.Second), "browser-mail", "mail.office.test")
	return d
}

// signIn asks the domain controller for tickets and for what it knows about the user.
func (d *desk) signIn(at time.Time) {
	_, at = d.LSASS.Lookup(at, "dc01.corp.test")
	for _, talk := range transcript.Load("kerberos") {
		at = d.LSASS.Connect(world.Conn{At: at, To: netip.AddrPortFrom(world.DC, 88), Name: "dc01.corp.test", Talk: talk})
	}
	d.LSASS.Connect(world.Conn{At: at, To: netip.AddrPortFrom(world.DC, 389), Name: "dc01.corp.test", Talk: one("ldap")})
}

// browse opens a page: every connection that the browser made for it, one soon after the other.
func (d *desk) browse(at time.Time, recording, site string) {
	addr, at := d.browser.Lookup(at, site)
	for _, talk := range transcript.Load(recording) {
		d.browser.Connect(world.Conn{At: at, To: netip.AddrPortFrom(addr, 443), Name: site, Talk: talk})
		at = at.Add(d.w.Jitter(180*time.Millisecond, 0.5))
	}
}

func (d *desk) sync(at time.Time) { d.drive.Visit(at, "drive.office.test", 443, one("drive-sync")) }

func (d *desk) chat(at time.Time) { d.meeting.Visit(at, "chat.office.test", 443, one("chat")) }

// share opens a folder on the file server, as the kernel does for whoever looks into it.
func (d *desk) share(at time.Time) {
	_, at = d.Explorer.Lookup(at, "fs01.corp.test")
	d.System.Connect(world.Conn{At: at, To: netip.AddrPortFrom(world.Files, 445), Name: "fs01.corp.test", Talk: one("smb-files")})
}

// readNews is some minutes of somebody looking around, at no particular intervals.
func (d *desk) readNews(at time.Time) {
	d.browse(at, "browser-news", "www.news.test")
	d.browse(at.Add(d.w.Jitter(70*time.Second, 0.7)), "browser-wiki", "wiki.example.org")
	d.browse(at.Add(d.w.Jitter(200*time.Second, 0.4)), "browser-shop", "www.shop.test")
}
