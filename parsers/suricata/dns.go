package suricata

import (
	"errors"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/rawjson"
)

// dns is one message, in the three layouts there have been: an answer is one event for each of its records (version 1),
// one event with a list (2), or that with the question in a list as well (3).
type dns struct {
	Type, ID, RCode, Name, RRType, RData text
	Queries, Answers                     []record
	Grouped                              grouped
}

func (d *dns) field(name []byte) any {
	switch string(name) {
	case "type":
		return &d.Type
	case "id":
		return &d.ID
	case "rcode":
		return &d.RCode
	case "rrname":
		return &d.Name
	case "rrtype":
		return &d.RRType
	case "rdata":
		return &d.RData
	case "queries":
		return &d.Queries
	case "answers":
		return &d.Answers
	case "grouped":
		return &d.Grouped
	}
	return nil
}

// grouped are the texts of records by their type.
type grouped rawjson.Value

type record struct {
	Name, RRType, RData text
}

func (r *record) field(name []byte) any {
	switch string(name) {
	case "rrname":
		return &r.Name
	case "rrtype":
		return &r.RRType
	case "rdata":
		return &r.RData
	}
	return nil
}

// An exchange is what a question and its answer have in common.
type exchange struct{ sensor, uid, id string }

func (p *parser) dns(e *event) error {
	m := e.DNS
	src, dst, err := e.ends(m != nil)
	if err != nil {
		return err
	}
	switch string(m.Type) {
	case "query", "request":
		for i, q := range m.questions() { // the first of several is the one that the answer completes
			p.ask(m, e.question(q, src, dst), i == 0)
		}
	case "answer", "response":
		p.answer(e, m, src, dst)
	default:
		return errors.New("a DNS event that is neither question nor answer")
	}
	p.doubts.count(early, p.asked.release(p.now, p.out.App), e.ref)
	return nil
}

func (p *parser) ask(m *dns, rec *evidence.AppRecord, found bool) {
	p.asked.put(exchange{rec.Sensor, rec.UID, string(m.ID)}, rec, p.now, found)
}

// answer completes the question; where that is not in the log, the answer says what was asked.
func (p *parser) answer(e *event, m *dns, src, dst netip.AddrPort) {
	rec := p.asked.last[exchange{e.sensor.capture.Sensor, string(e.FlowID), string(m.ID)}]
	if rec == nil || len(e.FlowID) == 0 {
		if isService(src) && !isService(dst) { // whether an answer is written in its own direction depends on the version
			src, dst = dst, src
		}
		asked := m.questions()
		if len(asked) == 0 {
			asked = []record{{}}
		}
		rec = e.question(asked[0], src, dst)
		p.ask(m, rec, true)
	}
	m.complete(&rec.DNS.Questions[0])
}

// questions are what the message asks. In an answer of version 1 the type is that of the one record it states.
func (m *dns) questions() []record {
	switch {
	case len(m.Queries) > 0:
		return m.Queries
	case len(m.Name) == 0:
		return nil
	case string(m.RRType) == "CNAME" && len(m.RData) > 0:
		return []record{{Name: m.Name}}
	}
	return []record{{Name: m.Name, RRType: m.RRType}}
}

func (e *event) question(q record, orig, resp netip.AddrPort) *evidence.AppRecord {
	a := e.record(orig, resp)
	a.App = evidence.App{Confirmed: true, Content: true}
	a.Protocol = protocol(text("dns"), &evidence.Conn{Transport: a.Transport, Orig: orig, Resp: resp})
	a.DNS = &evidence.DNS{Total: 1, Questions: []evidence.Question{{At: e.at, Ref: e.ref, Name: host(q.Name), Type: rrType(q.RRType), RCode: -1}}}
	return &a
}

// complete adds what an answer states. Of names only aliases are kept.
func (m *dns) complete(q *evidence.Question) {
	if code := rcode(m.RCode); code >= 0 {
		q.RCode = code
	}
	records := m.Answers
	if len(records) == 0 {
		records = m.Grouped.records()
	}
	if len(records) == 0 && len(m.RData) > 0 {
		records = []record{{RRType: m.RRType, RData: m.RData}}
	}
	for _, r := range records {
		r.complete(q)
	}
}

// records are in the order of their types, of which no message has as many as maxList.
func (g grouped) records() (all []record) {
	kinds, n := map[string]texts{}, 0
	for m := rawjson.MembersOf(g); m.Next() && n < maxList; {
		var data texts
		data.set(m.Value)
		kinds[string(m.Name)] = data
		n += 1 + len(data)
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		for _, data := range kinds[kind] {
			all = append(all, record{RRType: text(kind), RData: data})
		}
	}
	return all
}

// maxAnswers bounds what one question keeps: messages of version 1 may add records without end.
const maxAnswers = 1024

func (r *record) complete(q *evidence.Question) {
	if len(q.Answers)+len(q.Aliases) >= maxAnswers {
		return
	}
	switch string(r.RRType) {
	case "A", "AAAA":
		if addr, ok := parsers.Address(r.RData); ok && !slices.Contains(q.Answers, addr) {
			q.Answers = append(q.Answers, addr)
		}
	case "CNAME":
		if name := host(r.RData); name != "" && !slices.Contains(q.Aliases, name) {
			q.Aliases = append(q.Aliases, name)
		}
	case "TXT", "NULL":
		q.Texts += uint32(len(r.RData))
	}
}

func isService(end netip.AddrPort) bool { return end.Port() == 53 || dnsPorts[end.Port()] != "" }

// host is a name as names are compared: in lower case, without the dot at its end.
func host(name text) string { return strings.ToLower(strings.TrimSuffix(string(name), ".")) }
