package suricata

import (
	"cmp"
	"errors"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/rawjson"
)

// An event is one line; its texts are valid as long as that is. Sections that the type of the event does not name are
// there too, as in an alert the http of its flow: they are not read.
type event struct {
	Time, Type, FlowID, Host, SrcIP, DestIP, Proto, AppProto, AppOrig text

	SrcPort, DestPort number
	VLAN              texts

	Flow     *flow
	Netflow  *netflow
	TCP      *tcp
	DNS      *dns
	HTTP     *http
	HTTP2    *http2
	TLS      *tls
	QUIC     *quic
	SMB      *smb
	DCERPC   *dcerpc
	SSH      *ssh
	RDP      *rdp
	KRB5     *krb5
	DHCP     *dhcp
	Fileinfo *fileinfo
	Stats    *stats

	raw   raw
	parts *parts

	ref    evidence.Ref
	sensor *sensor
	at     time.Time
}

func (e *event) field(name []byte) any {
	switch string(name) {
	case "timestamp":
		return &e.Time
	case "event_type":
		return &e.Type
	case "flow_id":
		return &e.FlowID
	case "host":
		return &e.Host
	case "src_ip":
		return &e.SrcIP
	case "dest_ip":
		return &e.DestIP
	case "src_port":
		return &e.SrcPort
	case "dest_port":
		return &e.DestPort
	case "proto":
		return &e.Proto
	case "vlan":
		return &e.VLAN
	case "app_proto":
		return &e.AppProto
	case "app_proto_orig":
		return &e.AppOrig
	}
	return e.raw.field(name)
}

// errNotJSON stands for what rawjson.Fault says of the line.
var errNotJSON = errors.New("not an object of JSON")

// decode reads a line, with or without a wrapping that names the firewall.
func (e *event) decode(line []byte) error {
	e.reset()
	m := rawjson.MembersOf(line)
	err := fill(e, &m)
	if !m.Whole() {
		return errNotJSON
	}
	if inner, firewall := e.raw.event, e.raw.firewall; len(e.Type) == 0 && inner.Opens('{') {
		e.reset()
		err = section(e, inner)
		e.Host = or(e.Host, firewall)
	}
	return cmp.Or(err, e.sections())
}

// reset keeps the room for sections, as much as those of one line need.
func (e *event) reset() {
	if e.parts == nil {
		e.parts = new(parts)
	}
	*e = event{parts: e.parts}
}

// isEVE tells whether it has what every event has, and one of what tells EVE from other JSON with that.
func (e *event) isEVE() bool {
	return len(e.Type) > 0 && len(e.Time) > 0 && (len(e.FlowID) > 0 || len(e.SrcIP) > 0 || e.raw.stats.Opens('{'))
}
