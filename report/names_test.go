package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// names are of the three kinds: asked for by a process that the log names, sent by a service for somebody, and known
// from the log alone.
func names() []finding.NameUse {
	return []finding.NameUse{
		{Host: "WS-07", HostAddrs: addresses("10.0.0.7"), Process: finding.Process{Executable: `C:\ProgramData\tools\sync.exe`, Name: "sync.exe", PIDs: []uint32{5120}, Start: at(9, 0, 0)},
			Domain: "harbour-cdn.example", Queries: 70012, UniqueNames: 65536, MoreNames: true, LabelLength: 101.24, Entropy: 4.8125,
			Types: []finding.TypeCount{{Type: 16, Queries: 60000}, {Type: 28, Queries: 9000}, {Type: 65399, Queries: 12}}, OtherTypes: 1000,
			Sent: evidence.Measured(11 << 20), Received: evidence.Measured(24 << 20), Texts: evidence.Measured(19 << 20),
			First: at(9, 5, 0), Last: at(21, 40, 12), Logged: true, Refs: []evidence.Ref{frame(4110), record(sysmon, 20100)}, RefsTotal: 70012},
		{Host: "WS-07", HostAddrs: addresses("10.0.0.7"), Process: finding.Process{Executable: `C:\Windows\System32\svchost.exe`, Name: "svchost.exe", PIDs: []uint32{1180}},
			Domain: "mail.example", Queries: 12, UniqueNames: 3, LabelLength: 5.333333, Entropy: 1.9,
			Types: []finding.TypeCount{{Type: 1, Queries: 6}, {Type: 28, Queries: 6}}, Sent: evidence.Measured(420), Received: evidence.Measured(1311), Texts: evidence.Measured(0),
			First: at(8, 0, 0), Last: at(8, 30, 0), Refs: []evidence.Ref{frame(88)}, RefsTotal: 12},
		{Host: "DC-01", HostAddrs: addresses("10.0.0.2"), Queries: 2, UniqueNames: 1, LabelLength: 8, Entropy: 3, Types: []finding.TypeCount{{Type: 1, Queries: 1}},
			First: at(10, 0, 0), Last: at(10, 0, 0), Logged: true, Refs: []evidence.Ref{record(sysmon, 4)}, RefsTotal: 2},
	}
}

// The terminal shows the first uses and counts the rest; all of them when wide.
func TestInspectBoundsTheNames(t *testing.T) {
	doc := &finding.Document{}
	for i := range maxNameRows + 3 {
		doc.Names = append(doc.Names, finding.NameUse{Domain: fmt.Sprintf("d%d.example", i), Queries: 1, UniqueNames: 1})
	}
	for _, wide := range []bool{false, true} {
		var out bytes.Buffer
		if err := Table.Inspect(&out, doc, Options{Width: 200, Wide: wide}); err != nil {
			t.Fatal(err)
		}
		rows := strings.Count(out.String(), ".example")
		if said := strings.Contains(out.String(), "and 3 more (--wide)"); rows != maxNameRows && !wide || rows != len(doc.Names) && wide || said == wide {
			t.Errorf("wide %v: %d rows of %d, the rest counted: %v", wide, rows, len(doc.Names), said)
		}
	}
}
