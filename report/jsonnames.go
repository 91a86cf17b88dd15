package report

import (
	"math"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// jsonNameUse is how one process used DNS under one registered domain.
type jsonNameUse struct {
	Host    jsonHost    `json:"host,omitzero"`
	Process jsonProcess `json:"process,omitzero"`
	// Logged tells that the host's log names the process; otherwise it is whoever sent the questions.
	Logged      bool       `json:"asker_logged"`
	Domain      string     `json:"registered_domain,omitempty"`
	Queries     int        `json:"queries"`
	UniqueNames int        `json:"unique_names"`
	MoreNames   bool       `json:"more_names,omitempty"`
	LabelLength float64    `json:"label_length"`
	Entropy     float64    `json:"entropy"`
	Types       []jsonType `json:"types"`
	OtherTypes  int        `json:"queries_of_other_types,omitempty"`
	QueryBytes  *uint64    `json:"query_bytes,omitempty"`
	AnswerBytes *uint64    `json:"answer_bytes,omitempty"`
	TextBytes   *uint64    `json:"text_bytes,omitempty"`
	FirstSeen   instant    `json:"first_seen,omitzero"`
	LastSeen    instant    `json:"last_seen,omitzero"`
	Refs        []jsonRef  `json:"refs"`
	RefsTotal   int        `json:"refs_total"`
}

type jsonType struct {
	Type    string `json:"type"`
	Queries int    `json:"queries"`
}

func newNameUse(n *finding.NameUse) jsonNameUse {
	return jsonNameUse{
		Host: jsonHost{n.Host, addrs(n.HostAddrs)}, Process: newProcess(&n.Process), Logged: n.Logged, Domain: n.Domain,
		Queries: n.Queries, UniqueNames: n.UniqueNames, MoreNames: n.MoreNames,
		LabelLength: thousandths(n.LabelLength), Entropy: thousandths(n.Entropy),
		Types: each(n.Types, func(t *finding.TypeCount) jsonType {
			return jsonType{recordType(t.Type), t.Queries}
		}),
		OtherTypes: n.OtherTypes, QueryBytes: known(n.Sent), AnswerBytes: known(n.Received), TextBytes: known(n.Texts),
		FirstSeen: instant(n.First), LastSeen: instant(n.Last),
		Refs: each(n.Refs, newRef), RefsTotal: n.RefsTotal,
	}
}

// thousandths rounds a mean to what it is worth.
func thousandths(v float64) float64 { return math.Round(v*1000) / 1000 }
