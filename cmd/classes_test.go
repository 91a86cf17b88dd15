package cmd

import (
	"fmt"
	"slices"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/coverage"
	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// What coverage calls read must be what the parsers read: a class it does not know would never be reported as missing.
func TestCoverageKnowsWhatIsRead(t *testing.T) {
	var read, known []string
	for _, c := range winevent.Classes() {
		read = append(read, fmt.Sprintf("%s %d %s", c.Provider, c.EventID, c.Meaning))
	}
	for _, c := range coverage.Classes {
		known = append(known, fmt.Sprintf("%s %d %s", c.Provider, c.ID, c.Meaning))
	}
	slices.Sort(read)
	slices.Sort(known)
	if !slices.Equal(read, known) {
		t.Errorf("coverage knows\n%q\nthe parsers read\n%q", known, read)
	}
}
