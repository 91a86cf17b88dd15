package report

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"net/netip"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// FlowJSON is the joined table as one JSON array.
var FlowJSON = FlowFormat{
	Name:        "json",
	Description: "one JSON array of the records of jsonl",
	Write:       writeFlowArray,
}

// FlowJSONL is the joined table as one record per line, as described by schema/flow.json.
var FlowJSONL = FlowFormat{
	Name:        "jsonl",
	Description: "one record per line with a published schema",
	Write:       writeFlowLines,
}

type jsonFlow struct {
	Host        jsonHost        `json:"host,omitzero"`
	Process     jsonProcess     `json:"process,omitzero"`
	User        jsonUser        `json:"user,omitzero"`
	Source      jsonEnd         `json:"source,omitzero"`
	Destination jsonEnd         `json:"destination,omitzero"`
	Network     jsonNetwork     `json:"network,omitzero"`
	Event       jsonEvent       `json:"event,omitzero"`
	Volume      jsonVolume      `json:"volume,omitzero"`
	State       string          `json:"state,omitempty"`
	History     string          `json:"history,omitempty"`
	Tunnel      jsonTunnel      `json:"tunnel,omitzero"`
	Attribution jsonAttribution `json:"attribution"`
	Refs        []jsonRef       `json:"refs"`
}

type jsonEnd struct {
	IP     string    `json:"ip,omitempty"`
	Port   *uint16   `json:"port,omitempty"`
	Domain string    `json:"domain,omitempty"`
	Noted  *jsonNote `json:"noted,omitempty"`
}

func (e jsonEnd) IsZero() bool { return e == jsonEnd{} }

// jsonNote is what a capture file calls an address, with the block that says so.
type jsonNote struct {
	Names  []string `json:"names"`
	Server string   `json:"server,omitempty"`
	Ref    jsonRef  `json:"ref"`
}

func newNote(n *evidence.Naming) *jsonNote {
	if n == nil {
		return nil
	}
	return &jsonNote{n.Names, n.Server, newRef(&n.Ref)}
}

type jsonEvent struct {
	Start instant `json:"start,omitzero"`
	End   instant `json:"end,omitzero"`
}

func (e jsonEvent) IsZero() bool { return e.Start.IsZero() && e.End.IsZero() }

type jsonVolume struct {
	Payload jsonPair `json:"payload,omitzero"`
	Seen    jsonPair `json:"seen,omitzero"`
	IP      jsonPair `json:"ip,omitzero"`
	Frame   jsonPair `json:"frame,omitzero"`
	Packets jsonPair `json:"packets,omitzero"`
	Missed  jsonPair `json:"missed,omitzero"`
	Cut     jsonPair `json:"cut,omitzero"`
}

type jsonPair struct {
	Orig *uint64 `json:"orig,omitempty"`
	Resp *uint64 `json:"resp,omitempty"`
}

// jsonTunnel says on which side of a tunnel a flow is. Totals count the inner flows and leave the outer one out.
type jsonTunnel struct {
	Kind string `json:"kind,omitempty"`
	// Outer is the first frame of the flow that carried this one.
	Outer   jsonRef `json:"outer,omitzero"`
	Carries bool    `json:"carries_others,omitempty"`
}

func (t jsonTunnel) IsZero() bool { return t == jsonTunnel{} }

func writeFlowLines(w io.Writer, flows iter.Seq[*finding.Flow], _ Options) error {
	buf := bufio.NewWriter(w)
	for f := range flows {
		if err := encode(buf, newFlow(f), ""); err != nil {
			return err
		}
	}
	return buf.Flush()
}

func writeFlowArray(w io.Writer, flows iter.Seq[*finding.Flow], _ Options) error {
	buf := bufio.NewWriter(w)
	between := "["
	for f := range flows {
		fmt.Fprint(buf, between)
		if err := encode(buf, newFlow(f), ""); err != nil {
			return err
		}
		between = ","
	}
	if between == "[" {
		fmt.Fprint(buf, between)
	}
	fmt.Fprintln(buf, "]")
	return buf.Flush()
}

func newFlow(f *finding.Flow) jsonFlow {
	j := jsonFlow{
		Host:        jsonHost{Name: f.Host},
		Process:     newProcess(&f.Process),
		User:        jsonUser{f.Process.User},
		Source:      newEnd(f.Orig, f.Transport, ""),
		Destination: newEnd(f.Resp, f.Transport, f.Domain),
		Network: jsonNetwork{
			Transport: string(f.Transport), Protocol: f.Protocol, Inner: f.Inner, SuggestedByPort: f.SuggestedByPort,
			CommunityID: f.CommunityID, Direction: direction(f.LocalIsOrig),
		},
		Event:       jsonEvent{instant(f.Start), instant(f.End)},
		Volume:      newVolume(&f.Volume),
		State:       f.State,
		History:     f.History,
		Tunnel:      jsonTunnel{f.TunnelKind, newRef(&f.SensorRef), f.Outer},
		Attribution: newAttribution(&f.Attribution),
		Refs:        each(f.Refs, newRef),
	}
	j.Destination.Noted = newNote(f.Noted)
	if f.ProtocolBySensor && f.Protocol != "" {
		j.Network.ProtocolSource = "sensor"
	}
	return j
}

// newEnd leaves the port out where the transport has none; a port 0 on the wire is stated.
func newEnd(a netip.AddrPort, t evidence.Transport, domain string) jsonEnd {
	end := jsonEnd{Domain: domain}
	if a.Addr().IsValid() {
		end.IP = a.Addr().String()
	}
	if port := a.Port(); hasPorts(t) && a.Addr().IsValid() {
		end.Port = &port
	}
	return end
}

func hasPorts(t evidence.Transport) bool {
	return t == evidence.TCP || t == evidence.UDP || t == evidence.SCTP
}

func direction(localIsOrig evidence.Tri) string {
	switch localIsOrig {
	case evidence.Yes:
		return "outbound"
	case evidence.No:
		return "inbound"
	}
	return ""
}

func newVolume(v *evidence.Volume) jsonVolume {
	return jsonVolume{newPair(&v.Payload), newPair(&v.Seen), newPair(&v.IP), newPair(&v.Frame), newPair(&v.Packets), newPair(&v.Missed), newPair(&v.Cut)}
}

func newPair(p *evidence.Pair) jsonPair { return jsonPair{known(p.Orig), known(p.Resp)} }
