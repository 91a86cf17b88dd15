package report

import (
	"io"
	"iter"
	"net/netip"
	"strconv"

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

// maxPending is how much of a table waits to be written, in bytes.
const maxPending = 64 << 10

func writeFlowLines(w io.Writer, flows iter.Seq[*finding.Flow], _ Options) error {
	var a appender
	for f := range flows {
		a.flow(f)
		if err := a.write(w, maxPending); err != nil {
			return err
		}
	}
	return a.write(w, 0)
}

func writeFlowArray(w io.Writer, flows iter.Seq[*finding.Flow], _ Options) error {
	a := appender{buf: []byte("[")}
	between := ""
	for f := range flows {
		a.buf = append(a.buf, between...)
		a.flow(f)
		if err := a.write(w, maxPending); err != nil {
			return err
		}
		between = ","
	}
	a.buf = append(a.buf, "]\n"...)
	return a.write(w, 0)
}

// write writes what waits once it is more than most bytes.
func (a *appender) write(w io.Writer, most int) error {
	if len(a.buf) <= most {
		return nil
	}
	_, err := w.Write(a.buf)
	a.buf = a.buf[:0]
	return err
}

// flow writes one record and a line end. The order of the keys is the order of the fields here; their names follow ECS where
// it has the field.
func (a *appender) flow(f *finding.Flow) {
	a.buf = append(a.buf, '{')
	a.object("host", func() { a.text("name", f.Host) })
	a.object("process", func() { a.process(&f.Process) })
	a.object("user", func() { a.text("name", f.Process.User) })
	a.object("source", func() { a.end(f.Orig, f.Transport) })
	a.object("destination", func() {
		a.end(f.Resp, f.Transport)
		a.text("domain", f.Domain)
		a.noted(f.Noted)
	})
	a.object("network", func() { a.network(f) })
	a.object("event", func() {
		a.instant("start", f.Start)
		a.instant("end", f.End)
	})
	a.object("volume", func() { a.volume(&f.Volume) })
	a.text("state", f.State)
	a.text("history", f.History)
	a.object("tunnel", func() { a.tunnel(f) })
	a.object("attribution", func() { a.attribution(&f.Attribution) })
	a.list("refs", len(f.Refs), func(i int) { a.ref(&f.Refs[i]) })
	a.buf = append(a.buf, "}\n"...)
}

func (a *appender) process(p *finding.Process) {
	a.text("executable", p.Executable)
	a.text("name", p.Name)
	if len(p.PIDs) > 0 {
		a.list("pid", len(p.PIDs), func(i int) { a.buf = strconv.AppendUint(a.buf, uint64(p.PIDs[i]), 10) })
	}
	a.texts("entity_id", p.EntityIDs)
	a.text("command_line", p.CommandLine)
	a.instant("start", p.Start)
	a.texts("ancestors", p.Chain)
}

// end leaves the port out where the transport has none; a port 0 on the wire is stated.
func (a *appender) end(end netip.AddrPort, t evidence.Transport) {
	a.addr("ip", end.Addr())
	if hasPorts(t) && end.Addr().IsValid() {
		a.number("port", uint64(end.Port()))
	}
}

func (a *appender) noted(n *evidence.Naming) {
	if n == nil {
		return
	}
	a.object("noted", func() {
		a.list("names", len(n.Names), func(i int) { a.quote(n.Names[i]) })
		a.text("server", n.Server)
		a.key("ref")
		a.ref(&n.Ref)
	})
}

func (a *appender) network(f *finding.Flow) {
	a.text("transport", string(f.Transport))
	a.text("protocol", f.Protocol)
	a.texts("inner", f.Inner)
	a.text("suggested_by_port", f.SuggestedByPort)
	if f.ProtocolBySensor && f.Protocol != "" {
		a.text("protocol_source", "sensor")
	}
	a.text("community_id", f.CommunityID)
	a.text("direction", direction(f.LocalIsOrig))
}

func (a *appender) volume(v *evidence.Volume) {
	a.pair("payload", &v.Payload)
	a.pair("seen", &v.Seen)
	a.pair("ip", &v.IP)
	a.pair("frame", &v.Frame)
	a.pair("packets", &v.Packets)
	a.pair("missed", &v.Missed)
	a.pair("cut", &v.Cut)
}

func (a *appender) pair(name string, p *evidence.Pair) {
	a.object(name, func() {
		a.count("orig", p.Orig)
		a.count("resp", p.Resp)
	})
}

// tunnel says on which side of a tunnel a flow is. Totals count the inner flows and leave the outer one out.
func (a *appender) tunnel(f *finding.Flow) {
	a.text("kind", f.TunnelKind)
	if f.SensorRef.File != "" { // the first frame of the flow that carried this one
		a.key("outer")
		a.ref(&f.SensorRef)
	}
	if f.Outer {
		a.key("carries_others")
		a.buf = append(a.buf, "true"...)
	}
}

func (a *appender) attribution(at *finding.Attribution) {
	a.key("basis")
	a.quote(string(at.Basis))
	a.share("confidence", at.Confidence)
	a.list("rivals", len(at.Rivals), func(i int) { a.quote(at.Rivals[i]) })
	a.texts("on_behalf_of", at.Behalf)
	a.text("reason", at.Reason)
}

func (a *appender) ref(r *evidence.Ref) {
	a.buf = append(a.buf, `{"file":`...)
	a.quote(r.File)
	if r.Unit != "" {
		a.text("unit", r.Unit)
		a.number("n", r.N)
	}
	a.buf = append(a.buf, '}')
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
