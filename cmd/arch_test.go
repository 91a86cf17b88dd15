package cmd

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/wirewitness/wirewitness"

// arrows says what each part of the house may import of the others; * stands for one folder, ** for any below. The
// first line that fits a package counts.
var arrows = []struct {
	from string
	to   []string
}{
	{"cmd/wirewitness", []string{"cmd"}},
	{"cmd", []string{"report", "analyze", "analyze/correlate", "analyze/finding", "analyze/policy", "parsers", "parsers/all", "parsers/spill"}},
	{"report", []string{"analyze/finding", "parsers/evidence"}},
	{"analyze/finding", []string{"parsers/evidence"}},
	{"analyze/**", []string{"analyze/**", "parsers/evidence"}},
	{"analyze", []string{"analyze/**", "parsers/evidence"}},
	{"parsers/evidence", nil},
	{"parsers", []string{"parsers/evidence"}},
	{"parsers/winevent", []string{"parsers/evidence"}},
	{"parsers/rawjson", nil},
	{"parsers/parsertest", []string{"parsers", "parsers/evidence"}},
	{"parsers/all", []string{"parsers", "parsers/*"}},
	{"parsers/pcap/**", []string{"parsers/pcap/**", "parsers/evidence"}},
	{"parsers/*", []string{"parsers", "parsers/evidence", "parsers/winevent", "parsers/rawjson", "SELF/**"}},
	{"samples/**", []string{"samples/**"}},
	{"samples", []string{"samples/**"}},
}

// rooms are the only doors through which these libraries enter. Tests may use what they like.
var rooms = map[string][]string{
	"github.com/spf13/cobra":            {"cmd"},
	"github.com/google/gopacket":        {"parsers/pcap", "parsers/pcap/**"},
	"www.velocidex.com/golang/evtx":     {"parsers/evtx", "parsers/evtx/**"},
	"github.com/Velocidex/ordereddict":  {"parsers/evtx", "parsers/evtx/**", "report"},
	"github.com/olekukonko/tablewriter": {"report"},
	"github.com/valyala/fastjson":       {"parsers/eventjson"},
	"github.com/klauspost/compress":     {"parsers"},
	"go.yaml.in/yaml/v4":                {"analyze/policy"},
}

func TestArrows(t *testing.T) {
	for pkg, imports := range imported(t) {
		allowed, known := arrowsFrom(pkg)
		if !known {
			t.Errorf("%s has no place in the house: draw its arrows in cmd/arch_test.go", pkg)
			continue
		}
		for _, to := range imports {
			if inside, ok := strings.CutPrefix(to, module+"/"); ok && !fits(allowed, pkg, inside) {
				t.Errorf("%s imports %s; it may import %v", pkg, inside, allowed)
			}
		}
	}
}

func TestRooms(t *testing.T) {
	for pkg, imports := range imported(t) {
		for _, to := range imports {
			for library, doors := range rooms {
				if (to == library || strings.HasPrefix(to, library+"/")) && !fits(doors, pkg, pkg) {
					t.Errorf("%s imports %s, which enters through %v", pkg, to, doors)
				}
			}
		}
	}
}

func arrowsFrom(pkg string) (to []string, known bool) {
	for _, a := range arrows {
		if match(a.from, pkg) {
			return a.to, true
		}
	}
	return nil, false
}

func fits(patterns []string, pkg, to string) bool {
	for _, p := range patterns {
		if match(strings.ReplaceAll(p, "SELF", pkg), to) {
			return true
		}
	}
	return false
}

func match(pattern, pkg string) bool {
	if above, ok := strings.CutSuffix(pattern, "/**"); ok {
		return strings.HasPrefix(pkg, above+"/")
	}
	ok, err := path.Match(pattern, pkg)
	return ok && err == nil
}

// imported lists what the files of each package import, tests left out.
func imported(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	root := ".."
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := d.Name(); d.IsDir() && name != root && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		all[pkg] = append(all[pkg], "")
		for _, i := range file.Imports {
			to, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			all[pkg] = append(all[pkg], to)
		}
		return nil
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d packages, %v", len(all), err)
	}
	return all
}
