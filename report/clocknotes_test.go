package report

import (
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// A clock that was applied in a way of its own says in which.
func TestNotesOfAppliedClocks(t *testing.T) {
	const how = "measured by the connections of one tuple in 14, since there are so many"
	said := clockNotes([]finding.Clock{{Host: "WS-07", Source: "Sysmon", Field: "UtcTime", Capture: "cap", Applied: true, Reason: how}, {Host: "WS-07", Source: "Security", Field: "TimeCreated", Capture: "cap", Applied: true}})
	if len(said) != 1 || !strings.HasSuffix(said[0], " aligned to cap: "+how) {
		t.Errorf("it says %q", said)
	}
}
