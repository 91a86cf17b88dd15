package suricata

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// smb is one command with its answer.
type smb struct {
	Dialect, Share, Filename text
	NTLM                     ntlm
	Kerberos                 *kerberos
	RPC                      *dcerpc
}

func (s *smb) field(name []byte) any {
	switch string(name) {
	case "dialect":
		return &s.Dialect
	case "share":
		return &s.Share
	case "filename":
		return &s.Filename
	case "ntlmssp":
		return &s.NTLM
	case "kerberos":
		return &s.Kerberos
	case "dcerpc":
		return &s.RPC
	}
	return nil
}

type ntlm struct {
	Domain, User, Host text
}

func (n *ntlm) field(name []byte) any {
	switch string(name) {
	case "domain":
		return &n.Domain
	case "user":
		return &n.User
	case "host":
		return &n.Host
	}
	return nil
}

type kerberos struct {
	Realm  text
	SNames texts
}

func (k *kerberos) field(name []byte) any {
	switch string(name) {
	case "realm":
		return &k.Realm
	case "snames":
		return &k.SNames
	}
	return nil
}

// dialects are Suricata's names for the dialects of our schema; what was not settled yet is none.
var dialects = map[string]string{"NT LM 0.12": "1.0", "2.02": "2.0.2", "2.10": "2.1", "3.00": "3.0", "3.02": "3.0.2", "3.11": "3.1.1"}

func (e *event) smb(a *evidence.AppRecord) bool {
	s := e.SMB
	if s == nil {
		return false
	}
	out := &evidence.SMB{Dialect: dialects[string(s.Dialect)], Shares: strs(s.Share), Files: strs(s.Filename)}
	out.User, out.Domain, out.Host = string(s.NTLM.User), string(s.NTLM.Domain), string(s.NTLM.Host)
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
	Interfaces []binding
}

func (d *dcerpc) field(name []byte) any {
	switch string(name) {
	case "interfaces":
		return &d.Interfaces
	}
	return nil
}

type binding struct {
	UUID text
}

func (b *binding) field(name []byte) any {
	switch string(name) {
	case "uuid":
		return &b.UUID
	}
	return nil
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
	Name text
	Size number
}

func (f *fileinfo) field(name []byte) any {
	switch string(name) {
	case "filename":
		return &f.Name
	case "size":
		return &f.Size
	}
	return nil
}

// file reads the files of SMB: those of the other protocols have names and sizes in events of their own, or none. The
// event is written in the direction the file went: the end with a port of SMB is the server.
func (e *event) file(a *evidence.AppRecord) bool {
	f := e.Fileinfo
	if f == nil || string(e.AppProto) != "smb" {
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
