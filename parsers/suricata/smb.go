package suricata

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// smb is one command with its answer.
type smb struct {
	Dialect  text `json:"dialect"`
	Share    text `json:"share"`
	Filename text `json:"filename"`
	NTLM     *struct {
		Domain text `json:"domain"`
		User   text `json:"user"`
		Host   text `json:"host"`
	} `json:"ntlmssp"`
	Kerberos *struct {
		Realm  text  `json:"realm"`
		SNames texts `json:"snames"`
	} `json:"kerberos"`
	RPC *dcerpc `json:"dcerpc"`
}

// dialects are Suricata's names for the dialects of our schema; what was not settled yet is none.
var dialects = map[text]string{"NT LM 0.12": "1.0", "2.02": "2.0.2", "2.10": "2.1", "3.00": "3.0", "3.02": "3.0.2", "3.11": "3.1.1"}

func (e *event) smb(a *evidence.AppRecord) bool {
	s := e.SMB
	if s == nil {
		return false
	}
	out := &evidence.SMB{Dialect: dialects[s.Dialect], Shares: strs(s.Share), Files: strs(s.Filename)}
	if n := s.NTLM; n != nil {
		out.User, out.Domain, out.Host = string(n.User), string(n.Domain), string(n.Host)
	}
	if k := s.Kerberos; k != nil {
		a.Kerberos = &evidence.Kerberos{Services: principal(text(strings.Join(k.SNames.strings(), "/")), k.Realm)}
		a.Inner = append(a.Inner, "kerberos")
	}
	if s.RPC != nil {
		a.RPC = s.RPC.interfaces()
		a.Inner = append(a.Inner, "dce_rpc")
	}
	a.Protocol, a.SMB = "smb", out
	return true
}

type dcerpc struct {
	Interfaces []struct {
		UUID text `json:"uuid"`
	} `json:"interfaces"`
}

func (d *dcerpc) interfaces() *evidence.RPC {
	r := &evidence.RPC{}
	for _, i := range d.Interfaces {
		if id := strings.ToLower(string(i.UUID)); id != "" && !slices.Contains(r.Interfaces, id) {
			r.Interfaces = append(r.Interfaces, id)
		}
	}
	return r
}

func (e *event) dcerpc(a *evidence.AppRecord) bool {
	if e.DCERPC == nil {
		return false
	}
	a.Protocol, a.RPC = "dce_rpc", e.DCERPC.interfaces()
	return true
}

// fileinfo is one file that went over the wire. Size is what was seen of it.
type fileinfo struct {
	Name text   `json:"filename"`
	Size number `json:"size"`
}

// file reads the files of SMB: those of the other protocols have names and sizes in events of their own, or none. The
// event is written in the direction the file went: the end with a port of SMB is the server.
func (e *event) file(a *evidence.AppRecord) bool {
	f := e.Fileinfo
	if f == nil || e.AppProto != "smb" {
		return false
	}
	a.Protocol, a.SMB = "smb", &evidence.SMB{Files: strs(f.Name)}
	switch from, to := smbPort(e.SrcPort), smbPort(e.DestPort); {
	case to && !from:
		a.SMB.Written = f.Size.Count
	case from && !to:
		a.SMB.Read = f.Size.Count
		a.Orig, a.Resp = a.Resp, a.Orig
	default:
		a.Orig, a.Resp = netip.AddrPort{}, netip.AddrPort{} // only the flow itself can tell
	}
	return true
}

func smbPort(n number) bool { return n.N == 445 || n.N == 139 }
