package suricata

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// An event is one line. Sections that the type of the event does not name are there too, as in an alert the http of
// its flow: only take decides what is looked at.
type event struct {
	Time     text   `json:"timestamp"`
	Type     text   `json:"event_type"`
	FlowID   text   `json:"flow_id"`
	Host     text   `json:"host"`
	SrcIP    text   `json:"src_ip"`
	DestIP   text   `json:"dest_ip"`
	SrcPort  number `json:"src_port"`
	DestPort number `json:"dest_port"`
	Proto    text   `json:"proto"`
	VLAN     texts  `json:"vlan"`
	AppProto text   `json:"app_proto"`
	AppOrig  text   `json:"app_proto_orig"`

	Flow     *flow     `json:"flow"`
	Netflow  *netflow  `json:"netflow"`
	TCP      *tcp      `json:"tcp"`
	DNS      *dns      `json:"dns"`
	MDNS     *dns      `json:"mdns"`
	LLMNR    *dns      `json:"llmnr"`
	HTTP     *http     `json:"http"`
	HTTP2    *http2    `json:"http2"`
	TLS      *tls      `json:"tls"`
	QUIC     *quic     `json:"quic"`
	SMB      *smb      `json:"smb"`
	DCERPC   *dcerpc   `json:"dcerpc"`
	SSH      *ssh      `json:"ssh"`
	RDP      *rdp      `json:"rdp"`
	KRB5     *krb5     `json:"krb5"`
	DHCP     *dhcp     `json:"dhcp"`
	Fileinfo *fileinfo `json:"fileinfo"`
	Stats    *stats    `json:"stats"`

	// Inner is the event itself where a firewall service that runs Suricata wraps it.
	Inner    json.RawMessage `json:"event"`
	Firewall text            `json:"firewall_name"`

	ref    evidence.Ref
	sensor *sensor
	at     time.Time
}

// decode reads a line, with or without a wrapping that names the firewall.
func decode(line []byte) (event, error) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil || e.Type != "" || len(e.Inner) == 0 || e.Inner[0] != '{' {
		return e, err
	}
	var inner event
	err := json.Unmarshal(e.Inner, &inner)
	inner.Host = cmp.Or(inner.Host, e.Firewall)
	return inner, err
}

// isEVE tells whether it has what every event has, and one of what tells EVE from other JSON with that.
func (e *event) isEVE() bool {
	return e.Type != "" && e.Time != "" && (e.FlowID != "" || e.SrcIP != "" || e.Stats != nil)
}

// A text is a string, or a number or truth value as it stands in the line; anything else is empty.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '"':
		return json.Unmarshal(b, (*string)(t))
	case '{', '[', 'n':
		*t = ""
	default:
		*t = text(b)
	}
	return nil
}

// texts is a list of them; a single one is a list as well.
type texts []text

func (ts *texts) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, (*[]text)(ts))
	}
	var t text
	if err := t.UnmarshalJSON(b); err != nil || t == "" {
		return err
	}
	*ts = texts{t}
	return nil
}

// strings are the members that say something.
func (ts texts) strings() (all []string) {
	for _, t := range ts {
		if t != "" {
			all = append(all, string(t))
		}
	}
	return all
}

// A number is a count, also where it was written as a string; anything else was not measured.
type number struct{ evidence.Count }

func (n *number) UnmarshalJSON(b []byte) error {
	if v, err := strconv.ParseUint(string(bytes.Trim(b, `"`)), 10, 64); err == nil {
		n.Count = evidence.Measured(v)
	}
	return nil
}

// strs is a list of what is not empty.
func strs(all ...text) []string { return texts(all).strings() }
