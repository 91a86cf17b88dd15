package suricata

import (
	"cmp"

	"github.com/wirewitness/wirewitness/parsers/rawjson"
)

// raw are the sections of an event as they stand in the line.
type raw struct {
	flow, netflow, tcp, dns, mdns, llmnr, http, http2, tls, quic, smb, dcerpc, ssh, rdp, krb5, dhcp, fileinfo, stats rawjson.Value

	// event is the event itself where a firewall service that runs Suricata wraps it.
	event    rawjson.Value
	firewall text
}

// parts are where sections are read to, line after line.
type parts struct {
	flow     flow
	netflow  netflow
	tcp      tcp
	dns      dns
	http     http
	http2    http2
	tls      tls
	quic     quic
	smb      smb
	dcerpc   dcerpc
	ssh      ssh
	rdp      rdp
	krb5     krb5
	dhcp     dhcp
	fileinfo fileinfo
	stats    stats
}

func (r *raw) field(name []byte) any {
	switch string(name) {
	case "flow":
		return &r.flow
	case "netflow":
		return &r.netflow
	case "tcp":
		return &r.tcp
	case "dns":
		return &r.dns
	case "mdns":
		return &r.mdns
	case "llmnr":
		return &r.llmnr
	case "http":
		return &r.http
	case "http2":
		return &r.http2
	case "tls":
		return &r.tls
	case "quic":
		return &r.quic
	case "smb":
		return &r.smb
	case "dcerpc":
		return &r.dcerpc
	case "ssh":
		return &r.ssh
	case "rdp":
		return &r.rdp
	case "krb5":
		return &r.krb5
	case "dhcp":
		return &r.dhcp
	case "fileinfo":
		return &r.fileinfo
	case "stats":
		return &r.stats
	case "event":
		return &r.event
	case "firewall_name":
		return &r.firewall
	}
	return nil
}

// sections reads those that belong to the type of the event.
func (e *event) sections() error {
	r, to := &e.raw, e.parts
	switch string(e.Type) {
	case "flow":
		return cmp.Or(optional(&e.Flow, &to.flow, r.flow), optional(&e.TCP, &to.tcp, r.tcp))
	case "netflow":
		return optional(&e.Netflow, &to.netflow, r.netflow)
	case "dns", "mdns", "llmnr":
		return optional(&e.DNS, &to.dns, firstPresent(r.dns, r.mdns, r.llmnr))
	case "http", "http2":
		return cmp.Or(optional(&e.HTTP, &to.http, r.http), optional(&e.HTTP2, &to.http2, r.http2))
	case "tls":
		return optional(&e.TLS, &to.tls, r.tls)
	case "quic":
		return optional(&e.QUIC, &to.quic, r.quic)
	case "smb":
		return optional(&e.SMB, &to.smb, r.smb)
	case "dcerpc":
		return optional(&e.DCERPC, &to.dcerpc, r.dcerpc)
	case "ssh":
		return optional(&e.SSH, &to.ssh, r.ssh)
	case "rdp":
		return optional(&e.RDP, &to.rdp, r.rdp)
	case "krb5":
		return optional(&e.KRB5, &to.krb5, r.krb5)
	case "dhcp":
		return optional(&e.DHCP, &to.dhcp, r.dhcp)
	case "fileinfo":
		return optional(&e.Fileinfo, &to.fileinfo, r.fileinfo)
	case "stats":
		return optional(&e.Stats, &to.stats, r.stats)
	}
	return nil
}

// firstPresent returns the first that is there.
func firstPresent(all ...rawjson.Value) rawjson.Value {
	for _, v := range all {
		if len(v) > 0 && !v.Opens('n') {
			return v
		}
	}
	return nil
}
