package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestCitationsLeadToRecords walks every citation of the reports on the sample cases and on files of the parsers' tests back to
// its record, and looks for what the citation says in it.
func TestCitationsLeadToRecords(t *testing.T) {
	roots, err := filepath.Glob("../samples/*-*")
	if err != nil {
		t.Fatal(err)
	}
	roots = append(roots, "testdata/evidence", "../parsers/eventxml/testdata/events.xml")
	units := map[string]int{}
	for _, root := range roots {
		for _, c := range cited(t, root) {
			fields := strings.Fields(c)
			unit, n := fields[len(fields)-2], fields[len(fields)-1]
			var out, errors bytes.Buffer
			if status := Main([]string{"show", c, root}, &out, &errors); status != statusDone || out.Len() == 0 {
				t.Errorf("%s: %q: exit status %d: %s", root, c, status, &errors)
			}
			if unit == "record" && !strings.Contains(out.String(), fmt.Sprintf(`"EventRecordID": %q`, n)) {
				t.Errorf("%s: %q leads to %s", root, c, &out)
			}
			units[unit]++
		}
	}
	if units["record"] == 0 || units["frame"] == 0 || units["line"] == 0 || units["event"] == 0 {
		t.Errorf("citations by unit: %v", units)
	}
}

// cited are the citations in what analyze and flows print.
func cited(t *testing.T, root string) (all []string) {
	t.Helper()
	seen := map[string]bool{}
	for _, command := range []string{"analyze", "flows"} {
		var out, errors bytes.Buffer
		if status := Main([]string{command, "-f", "json", root}, &out, &errors); status != statusDone && status != statusIncomplete {
			t.Fatalf("%s %s: exit status %d: %s", command, root, status, &errors)
		}
		var doc any
		if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		eachRef(doc, func(c string) {
			if !seen[c] {
				seen[c] = true
				all = append(all, c)
			}
		})
	}
	return all
}

// eachRef finds the objects that are references to records: problems point at other places too.
func eachRef(v any, yield func(string)) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			eachRef(x, yield)
		}
	case map[string]any:
		if unit, _ := v["unit"].(string); unit != "" && unit != "offset" && unit != "chunk" && v["file"] != nil {
			yield(fmt.Sprintf("%v %s %.0f", v["file"], unit, v["n"]))
		}
		for _, x := range v {
			eachRef(x, yield)
		}
	}
}

// TestNoSuchRecord has one row per way in which a citation leads nowhere.
func TestNoSuchRecord(t *testing.T) {
	for citation, want := range map[string]string{
		"Sysmon.evtx":                                     "is no citation",
		"Sysmon.evtx record many":                         "is no citation",
		"other.evtx record 1":                             "no file",
		"sensor.pcap frame 0":                             "no such record",
		"sensor.pcap frame 18446744073709551615":          "no such record",
		"sensor.pcap record 1":                            "not to a record",
		"WS-25/Security.evtx record 1":                    "no such record",
		"WS-25/Security.evtx offset 18446744073709551615": "no such record",
	} {
		var out, errors bytes.Buffer
		if status := Main([]string{"show", citation, "../samples/only-content"}, &out, &errors); status != statusError || !strings.Contains(errors.String(), want) || out.Len() > 0 {
			t.Errorf("%q: exit status %d, %s%s", citation, status, &out, &errors)
		}
	}
}
