package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"sync"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// HTML is the report as one file that needs no network. It has no script and asks for nothing.
var HTML = Format{
	Name:        "html",
	Description: "one HTML file that needs no network and runs no script",
	Write:       writeHTML,
}

//go:embed page
var pageFiles embed.FS

// pageTemplate is made when the first page is: it takes longer than printing the version.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report.html").Funcs(pageFuncs).ParseFS(pageFiles, "page/*.html"))
})

// writeHTML prints the page. Whatever the evidence says passes two gates: html/template escapes it for the place it
// stands in, then every line is cleaned of what controls a display.
func writeHTML(w io.Writer, doc *finding.Document, _ Options) error {
	style, err := pageFiles.ReadFile("page/style.css")
	if err != nil {
		return fmt.Errorf("style sheet: %w", err)
	}
	style = cleanLines(style) // as it will stand in the page, for the hash
	page := cleaner{w: w}
	err = pageTemplate().Execute(&page, map[string]any{
		"Doc": doc, "Title": pageTitle(doc), "Style": template.CSS(style), "CSP": contentPolicy(style),
	})
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return page.end()
}

// contentPolicy allows the one style sheet by its hash and nothing else: no script, no image, no form, no request.
func contentPolicy(style []byte) string {
	sum := sha256.Sum256(style)
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

func pageTitle(doc *finding.Document) string {
	if doc.Case == "" {
		return "wirewitness report"
	}
	return doc.Case + " – wirewitness report"
}

// cleanLines cleans a page of which only the line ends are left as they are.
func cleanLines(page []byte) []byte {
	var out bytes.Buffer
	c := cleaner{w: &out}
	c.Write(page)
	c.end() // a buffer takes everything
	return out.Bytes()
}

// A cleaner cleans the lines of a page as they come, and leaves out those that are empty.
type cleaner struct {
	w    io.Writer
	line []byte // so far
}

func (c *cleaner) Write(page []byte) (int, error) {
	for rest := page; ; {
		line, behind, whole := bytes.Cut(rest, []byte("\n"))
		c.line = append(c.line, line...)
		if !whole {
			return len(page), nil
		}
		if err := c.end(); err != nil {
			return 0, err
		}
		rest = behind
	}
}

// end ends a line.
func (c *cleaner) end() error {
	text := bytes.TrimRight(c.line, " ")
	c.line = c.line[:0]
	if len(text) == 0 {
		return nil
	}
	_, err := c.w.Write(append(append(c.line, clean(string(text))...), '\n'))
	return err
}

// pageFuncs are what the templates call; the wording is shared with the terminal report.
var pageFuncs = template.FuncMap{
	"blindLines":    func(c finding.Coverage) []string { return blindLines(&c) },
	"clockLines":    func(c finding.Coverage) []string { return clockLines(&c) },
	"concat":        slices.Concat[[]string],
	"applied":       func(c finding.Clock) string { return appliedText(&c) },
	"atOrAbove":     atOrAbove,
	"attributed":    attributed,
	"byPoints":      byPoints,
	"bytes":         Bytes,
	"captureLosses": captureLosses,
	"captureNotes":  captureNotes,
	"chart":         newChart,
	"cited":         newCitation,
	"classes":       classesText,
	"cleared":       func(s finding.SourceCoverage, i int) string { return clearedText(&s, i) },
	"clock":         func(c finding.Clock) string { return clockName(&c) },
	"clockNotes":    clockNotes,
	"count":         anyCount,
	"counted":       counted[int],
	"exact":         exactMeasured,
	"why":           whyText,
	"fileRecords":   func(f finding.File) string { return recordsText(&f) },
	"filter":        filterText,
	"mostNames":     func(names []finding.NameUse) string { return mostNames(&names[0]) },
	"frames":        func(c finding.CaptureCoverage) string { return framesText(&c) },
	"gaps":          func(s finding.SourceCoverage) string { return gapsText(&s) },
	"headline":      func(c finding.Coverage) string { return headline(&c) },
	"host":          func(f finding.Finding) string { return hostText(&f) },
	"hostTitle":     func(h finding.HostCoverage) string { return hostTitle(&h) },
	"limits":        wouldChange,
	"link":          func(a finding.Attribution) string { return linkText(&a) },
	"mean":          func(v float64) string { return trimFloat(v, 1) },
	"measured":      measured,
	"moreProblems":  func(f finding.File) string { return moreProblems(&f) },
	"nameDomain":    func(n finding.NameUse) string { return nameDomain(&n) },
	"nameHost":      func(n finding.NameUse) string { return nameHost(&n) },
	"nameNotes":     nameNotes,
	"narrative":     narrative,
	"number":        numberText,
	"offset":        func(c finding.Clock) string { return offsetText(&c) },
	"oldestFirst":   oldestFirst,
	"peer":          func(f finding.Finding) string { return peerText(&f) },
	"period":        period,
	"pids":          pidList,
	"policyLines":   func(c finding.Coverage) []string { return policyLines(&c) },
	"problem":       func(p evidence.Problem) string { return problemLine(&p) },
	"program":       func(p finding.Process) string { return programText(&p) },
	"protocol":      func(f finding.Finding) string { return protocolText(f.Protocol, f.Inner, f.Confirmed) },
	"records":       func(c finding.Coverage) string { return recordsLine(&c) },
	"recordsOf":     func(n finding.NameUse) string { return recordsOf(&n) },
	"ref":           func(r evidence.Ref) string { return refText(&r) },
	"score":         scoreText,
	"source":        sourceText,
	"span":          spanText,
	"spread":        func(c finding.Clock) string { return spreadText(&c) },
	"sum":           func(f finding.Finding) []step { return steps(&f) },
	"tally":         tally,
	"time":          timeText,
	"types":         func(n finding.NameUse) string { return typesText(&n) },
	"uniqueNames":   func(n finding.NameUse) string { return uniqueText(&n) },
}

// anyCount writes a count whatever its integer type.
func anyCount(n any) (string, error) {
	switch n := n.(type) {
	case int:
		return countText(n), nil
	case uint64:
		return countText(n), nil
	}
	return "", fmt.Errorf("%T is no count", n)
}

// A citation is a list of references that may be longer than what is listed.
type citation struct {
	Refs []evidence.Ref
	More int
}

func newCitation(refs []evidence.Ref, total int) citation {
	return citation{refs, max(0, total-len(refs))}
}

func oldestFirst(chain []string) []string {
	chain = slices.Clone(chain)
	slices.Reverse(chain)
	return chain
}

// A severityCount is one entry of the tally.
type severityCount struct {
	Name  finding.Severity
	Count int
}

func tally(findings []finding.Finding) (out []severityCount) {
	n := bySeverity(findings)
	for s := range n {
		s = len(n) - 1 - s
		out = append(out, severityCount{finding.Severity(s), n[s]})
	}
	return out
}
