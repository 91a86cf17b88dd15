package report

import (
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// What the benchmarks print.
const (
	benchFindings = 1000
	benchFlows    = 50_000
)

// BenchmarkDocument prints a long report in every format.
func BenchmarkDocument(b *testing.B) {
	doc := ordinary()
	few := doc.Findings
	doc.Findings = nil
	for i := range benchFindings {
		f := few[i%len(few)]
		f.ID = fmt.Sprintf("%s-%d", f.ID, i)
		doc.Findings = append(doc.Findings, f)
	}
	for _, f := range Formats {
		b.Run(f.Name, func(b *testing.B) {
			measure(b, func(w io.Writer) error { return f.Write(w, doc, Options{}) })
		})
	}
}

// BenchmarkFlows prints a long table in every format.
func BenchmarkFlows(b *testing.B) {
	few := flows()
	var many []*finding.Flow
	for i := range benchFlows {
		many = append(many, few[i%len(few)])
	}
	for _, f := range FlowFormats {
		b.Run(f.Name, func(b *testing.B) {
			measure(b, func(w io.Writer) error { return f.Write(w, slices.Values(many), Options{}) })
			b.ReportMetric(benchFlows*float64(b.N)/b.Elapsed().Seconds(), "flows/s")
		})
	}
}

// measure counts the bytes that are printed.
func measure(b *testing.B, print func(io.Writer) error) {
	var n printed
	b.ReportAllocs()
	for b.Loop() {
		n = 0
		if err := print(&n); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(n))
}

// A printed counts what is printed to it.
type printed int

func (n *printed) Write(b []byte) (int, error) {
	*n += printed(len(b))
	return len(b), nil
}
