// Package analyze turns what the evidence states into findings: gather, correlate, detect, rank.
package analyze

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
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

// A Joined is the evidence put together: hosts, processes, connections.
type Joined struct {
	cf    *casefile.Casefile
	c     *correlate.Case
	scope scope
}

// A Result is what was made of it, and the joined table behind.
type Result struct {
	*Joined
	Document *finding.Document
}

// Join puts the evidence together. What it returns does not depend on the order of the sources.
func Join(ctx context.Context, sources []Source, opt Options) (*Joined, error) {
	cf := casefile.Gather(sources)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	j := &Joined{cf, correlate.Run(cf, opt.Offsets), scope{opt}}
	j.c.Lookups = slices.DeleteFunc(j.c.Lookups, j.scope.leavesOutLookup)
	return j, cmp.Or(ctx.Err(), j.cf.Conns.Err(), j.present(ctx))
}

// Judge looks for what is suspicious.
func (j *Joined) Judge(ctx context.Context) (*Result, error) {
	meter, gathering := coverage.Begin(j.cf), detect.Gather(j.c, j.scope.Policy)
	left := 0
	for l := range until(ctx, j.c.Links) {
		meter.See(l)
		switch {
		case j.scope.outOfTime(l):
			left++
		case j.scope.covers(l.Host):
			meter.Count(l)
			gathering.Add(l)
		}
	}
	if err := cmp.Or(ctx.Err(), j.cf.Conns.Err()); err != nil {
		return nil, err
	}
	found := gathering.Judge()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	doc, err := j.document(&found)
	if err != nil {
		return nil, err
	}
	doc.Coverage = meter.Measure(j.c, coverage.Judged{BySeverity: found.BySeverity, Suppressed: found.Suppressed, Early: found.Early})
	doc.Coverage.Totals.ConnectionsLeftOutByTime = left
	return &Result{j, doc}, nil
}

// document puts what was found into a document that has no coverage yet.
func (j *Joined) document(found *detect.Result) (*finding.Document, error) {
	opt := &j.scope.Options
	statement, err := opt.Policy.Statement()
	if err != nil {
		return nil, err
	}
	doc := &finding.Document{Tool: opt.Tool, Case: opt.Case, Examiner: opt.Examiner, Since: opt.Since, Until: opt.Until,
		OnlyHost: opt.Hosts, MinSev: opt.MinSeverity, Evidence: j.cf.Files, Policy: statement,
		Names: found.Names, NamesLeftOut: found.NamesLeftOut, QueriesUnlisted: found.QueriesUnlisted}
	doc.Findings = rank.AtLeast(found.Findings, opt.MinSeverity)
	for s, n := range found.BySeverity {
		if finding.Severity(s) < opt.MinSeverity {
			doc.Below += n
		} else {
			doc.Unlisted += n
		}
	}
	doc.Unlisted -= len(doc.Findings)
	return doc, nil
}

// until ends a sequence when ctx does.
func until[T any](ctx context.Context, all iter.Seq[T]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for x := range all {
			if ctx.Err() != nil || !yield(x) {
				return
			}
		}
	}
}

// present refuses options that name a host which is not there: what they ask for would silently not happen.
func (j *Joined) present(ctx context.Context) error {
	missing := j.missing()
	if missing == "" {
		return nil
	}
	for range until(ctx, j.c.Links) { // hosts that only a capture shows are known afterwards
	}
	if missing = j.missing(); missing == "" {
		return nil
	}
	return fmt.Errorf("no host %q in the evidence; there are %s", missing, hostList(j.c))
}

// missing is the first name that is none of the hosts known, "" for none.
func (j *Joined) missing() string {
	names := slices.Clone(j.scope.Hosts)
	for _, o := range j.scope.Offsets {
		names = append(names, o.Host)
	}
	for _, n := range names {
		if !slices.ContainsFunc(j.c.Hosts, func(h *correlate.Host) bool { return asked(h, []string{n}) }) {
			return n
		}
	}
	return ""
}

// hostList names the hosts of a case, by address where no log names them.
func hostList(c *correlate.Case) string {
	const most = 20
	var names []string
	for _, h := range c.Hosts[:min(len(c.Hosts), most)] {
		if h.Name != "" {
			names = append(names, h.Name)
		} else if len(h.Addrs) > 0 {
			names = append(names, h.Addrs[0].String())
		}
	}
	if len(c.Hosts) > most {
		names = append(names, fmt.Sprintf("%d more", len(c.Hosts)-most))
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// A scope is what the options limit the analysis to.
type scope struct{ Options }

func (x scope) outOfTime(l *correlate.Link) bool {
	return !x.Since.IsZero() && l.End.Before(x.Since) || !x.Until.IsZero() && l.Start.After(x.Until)
}

func (x scope) leavesOutLookup(l *correlate.Lookup) bool {
	at := l.At.Time()
	return !x.Since.IsZero() && at.Before(x.Since) || !x.Until.IsZero() && at.After(x.Until) || !x.covers(l.Host)
}

// covers tells whether a host is one of those asked for.
func (x scope) covers(h *correlate.Host) bool { return len(x.Hosts) == 0 || asked(h, x.Hosts) }

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
