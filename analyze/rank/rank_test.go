package rank

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func f(id string, score, confidence float64, families int, sent uint64, first time.Time, sev finding.Severity) finding.Finding {
	return finding.Finding{ID: id, Score: score, Attribution: finding.Attribution{Confidence: confidence}, Sent: evidence.Measured(sent), First: first,
		Arithmetic: finding.Arithmetic{Families: make([]finding.FamilyScore, families)}, Severity: sev}
}

// Each finding comes before the next for one reason only; whatever the order they come in, they end up in this one.
func TestOrderIsTotal(t *testing.T) {
	want := []finding.Finding{
		f("score", 80, 0, 1, 0, noon, finding.High),
		f("surer link", 70, 1, 1, 0, noon, finding.High),
		f("more families", 70, 0.5, 3, 0, noon, finding.High),
		f("sent more", 70, 0.5, 2, 9, noon, finding.Medium),
		f("began earlier", 70, 0.5, 2, 5, noon.Add(-time.Hour), finding.Medium),
		f("a, the lower id", 70, 0.5, 2, 5, noon, finding.Low),
		f("b, the higher id", 70, 0.5, 2, 5, noon, finding.Info),
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		got := slices.Clone(want)
		r.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		slices.SortFunc(got, func(a, b finding.Finding) int { return Compare(&a, &b) })
		for i := range got {
			if got[i].ID != want[i].ID {
				t.Fatalf("rank %d is %q, want %q", i+1, got[i].ID, want[i].ID)
			}
		}
	}
}

func TestAtLeast(t *testing.T) {
	all := []finding.Finding{f("a", 80, 1, 1, 0, noon, finding.High), f("b", 50, 1, 1, 0, noon, finding.Medium), f("c", 10, 1, 1, 0, noon, finding.Info)}
	for least, want := range map[finding.Severity]int{finding.Info: 3, finding.Medium: 2, finding.Critical: 0} {
		if kept := AtLeast(all, least); len(kept) != want {
			t.Errorf("%d of %s or above, want %d", len(kept), least, want)
		}
	}
}
