// Package detect states facts about what programs did on the network and makes findings of them.
//
// A Gathering adds the connections of a case up to usages (one program on one host with one service of one peer); Judge lets
// every detector of All look at each, and scores what they say by the arithmetic written down in package finding. A detector
// knows nothing of file formats and states one kind of fact; a new one is a file here and a line in All.
package detect

import (
	"slices"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/rank"
)

// A Detector states one kind of fact about a usage, or nothing.
type Detector struct {
	Name      string // the id of its facts
	Family    finding.Family
	Technique string // the ATT&CK technique that the fact shows by itself, "" none
	Innocent  string // what would explain the fact innocently
	Find      func(*Usage, *Context) []finding.Fact
}

// All lists the detectors in the order in which families are shown.
var All = []Detector{
	unusual, folder, masquerade, stranger, commandLine, noArguments, oddParent, ancestor, injected, reaching, commands,
	elsewhere, uncommonPort, foreignService, leavesLocal, manages, listener, relay, sweep,
	outbound, asymmetry, uploads, outlier,
	regular, quiet, young, fanOut,
	bareAddress, noName, unrecognised, tlsHello, tlsCertificate, userAgent, polling, fetchesCode, httpUpload, dnsTunnel, dnsOverHTTPS, remoteControl, adminShare,
}

// A Result is what a case says.
type Result struct {
	Findings   []finding.Finding    // ranked; the first MaxFindings of them
	BySeverity [5]int               // how many there are, indexed by finding.Severity
	Suppressed []finding.Suppressed // what expected uses and exclusions touched
	// Names is how DNS was used, as finding.Document has it.
	Names           []finding.NameUse
	NamesLeftOut    int
	QueriesUnlisted uint64
	// Early is how many usages were judged before the end of the evidence.
	Early int
}

// MaxFindings bounds the findings of a case that are described: nobody reads on for so long.
const MaxFindings = 1000

// Judge looks at what was gathered with every detector.
func (g *Gathering) Judge() Result {
	ctx, v := newContext(g, g.finish()), &g.verdicts
	v.judge(ctx.Usages, ctx)
	r := Result{BySeverity: v.bySeverity, Suppressed: v.touched.entries(), QueriesUnlisted: ctx.names.unlisted, Early: v.early}
	for i, c := range v.best.ranked() {
		describe(&c.Finding, c.usage, ctx)
		c.Rank = i + 1
		r.Findings = append(r.Findings, c.Finding)
	}
	r.Names, r.NamesLeftOut = ctx.names.statements()
	return r
}

// A candidate is a finding that is scored and not yet described.
type candidate struct {
	finding.Finding
	usage *Usage
}

// A podium keeps the first MaxFindings of all candidates.
type podium struct {
	all  []candidate
	full bool // the first MaxFindings of them are in order
}

func (p *podium) add(c candidate) {
	if p.full && rank.Compare(&c.Finding, &p.all[MaxFindings-1].Finding) > 0 {
		return
	}
	p.all = append(p.all, c)
	if len(p.all) >= 2*MaxFindings {
		p.ranked()
	}
}

func (p *podium) ranked() []candidate {
	slices.SortFunc(p.all, func(a, b candidate) int { return rank.Compare(&a.Finding, &b.Finding) })
	if p.full = len(p.all) >= MaxFindings; p.full {
		clear(p.all[MaxFindings:])
		p.all = p.all[:MaxFindings]
	}
	return p.all
}

// facts asks every detector whose family is not switched off.
func (c *Context) facts(u *Usage) []finding.Fact {
	var out []finding.Fact
	for _, d := range All {
		if slices.Contains(c.Policy.FamiliesOff, d.Family) {
			continue
		}
		for _, f := range d.Find(u, c) {
			f.ID, f.Family = d.Name, d.Family
			out = append(out, f)
		}
	}
	return out
}
