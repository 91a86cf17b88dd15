// Package analyze turns what the evidence states into findings: gather, correlate, detect, rank.
package analyze

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/analyze/casefile"
	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/coverage"
	"github.com/wirewitness/wirewitness/analyze/detect"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/analyze/rank"
)

// A Source is one file of the evidence and what it states.
type Source = casefile.Source

// Options are what the user asked for.
type Options struct {
	Policy   *policy.Policy // required
	Case     string
	Examiner string
	// Since and Until bound the corrected UTC of the connections looked at, both included; zero means open.
	Since, Until time.Time
	// Hosts limits the analysis to hosts of these names (any spelling, short or full, or an address); empty means all.
	Hosts       []string
	MinSeverity finding.Severity
	Offsets     []correlate.Stated
	Tool        string // name and version, for the report
}

// A Result is the document and the joined table behind it.
type Result struct {
	Document *finding.Document
	// Flows yields one record per connection and per end that a host's log speaks for, in the order of their start. A
	// record is valid until the next one.
	Flows iter.Seq[*finding.Flow]
}

// Run analyses the evidence. The result does not depend on the order of the sources.
func Run(ctx context.Context, sources []Source, opt Options) (*Result, error) {
	cf := casefile.Gather(sources)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := correlate.Run(cf, opt.Offsets)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	left := narrow(c, opt)
	findings, suppressed := detect.Run(c, opt.Policy)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rank.Order(findings)
	statement, err := opt.Policy.Statement()
	if err != nil {
		return nil, err
	}
	doc := &finding.Document{Tool: opt.Tool, Case: opt.Case, Examiner: opt.Examiner, Since: opt.Since, Until: opt.Until,
		OnlyHost: opt.Hosts, MinSev: opt.MinSeverity, Evidence: cf.Files, Policy: statement}
	doc.Coverage = coverage.Measure(cf, c, findings, suppressed)
	doc.Coverage.Totals.ConnectionsLeftOutByTime = left
	doc.Findings, doc.Below = rank.AtLeast(findings, opt.MinSeverity)
	return &Result{Document: doc, Flows: flows(c, opt.Policy)}, nil
}

// narrow leaves out connections outside the times and hosts asked for, and returns how many the times left out.
func narrow(c *correlate.Case, opt Options) (byTime int) {
	kept := c.Links[:0]
	for _, l := range c.Links {
		if !opt.Since.IsZero() && l.End.Before(opt.Since) || !opt.Until.IsZero() && l.Start.After(opt.Until) {
			byTime++
			continue
		}
		if len(opt.Hosts) == 0 || asked(l.Host, opt.Hosts) {
			kept = append(kept, l)
		}
	}
	c.Links = kept
	return byTime
}

// asked tells whether a host is one of those asked for.
func asked(h *correlate.Host, names []string) bool {
	if h == nil {
		return false
	}
	for _, n := range names {
		for _, s := range append([]string{h.Name}, h.Aliases...) {
			label, _, _ := strings.Cut(s, ".")
			if s != "" && (strings.EqualFold(s, n) || strings.EqualFold(label, n)) {
				return true
			}
		}
		for _, a := range h.Addrs {
			if a.String() == n {
				return true
			}
		}
	}
	return false
}
