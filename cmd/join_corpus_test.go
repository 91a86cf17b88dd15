package cmd

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/all"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// A recording is a paired case of the labelled data, as far as these tests read its truth.
type recording struct {
	Case   string
	Inputs map[string][]struct{ Archive, Member, File string }
	// Pairing compares event times with first packets, over all hosts of the case.
	Pairing struct {
		SameRun  bool     `json:"same_run"`
		PcapJoin *pairing `json:"pcap_join"`
		ZeekJoin *pairing `json:"zeek_join"`
	}
}

type pairing struct {
	Sysmon3, Sec5156 struct {
		Matched int                       `json:"matched_by_5tuple"`
		Apart   struct{ Median *float64 } `json:"event_time_minus_first_packet_s"`
	}
}

// paired reads the truth of every paired recording.
func paired(t *testing.T) (root string, out []recording) {
	root = parsertest.Corpus(t)
	files, _ := filepath.Glob(filepath.Join(root, "truth", "paired__*.json"))
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var r recording
		if err := json.Unmarshal(data, &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	if len(out) < 20 {
		t.Fatalf("%d paired recordings in %s", len(out), root)
	}
	return root, out
}

// layOut unpacks a recording into a folder, its host logs changed by edit.
func (r *recording) layOut(t *testing.T, root string, edit func([]byte) []byte) string {
	dir := t.TempDir()
	for _, kind := range slices.Sorted(maps.Keys(r.Inputs)) {
		for _, in := range r.Inputs[kind] {
			data := member(t, filepath.Join(root, in.Archive), in.Member)
			if strings.HasPrefix(kind, "host") && edit != nil {
				data = edit(data)
			}
			out := filepath.Join(dir, kind, filepath.Base(in.Member))
			if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(out, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func member(t *testing.T, archive, name string) []byte {
	z, err := zip.OpenReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func examined(t *testing.T, dir string) *analyze.Joined {
	sources, err := parsers.Run(t.Context(), []string{dir}, all.Formats, parsers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	joined, err := analyze.Join(t.Context(), convert(sources), analyze.Options{Policy: policy.Default()})
	if err != nil {
		t.Fatal(err)
	}
	return joined
}

// owned lists the connections of the captures with their owners.
func owned(t *testing.T, j *analyze.Joined) (out []string) {
	err := j.EachFlow(t.Context(), func(flows iter.Seq[*finding.Flow]) error {
		for f := range flows {
			if f.Conn != nil {
				out = append(out, fmt.Sprintf("%s %s %s %s %v: %s %v %s", f.Start.Format(time.RFC3339Nano), f.Transport, f.Orig, f.Resp, f.Host,
					f.Process.Name, f.Process.PIDs, f.Attribution.Basis))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// decoy shifts what is repeated: far more than any slack, and a whole number of quarter hours, as a time zone would be.
const decoy = -6 * time.Hour

// Every network event is repeated six hours earlier under another process. A join by tuple alone would find two owners.
func TestJoinUsesTime(t *testing.T) {
	root, recordings := paired(t)
	tested := 0
	for _, r := range recordings {
		if !r.Pairing.SameRun || size(root, &r) > 500<<10 || strings.Contains(fmt.Sprint(r.Inputs), "securityauditing") {
			continue // the large ones take minutes under the race detector; one stores its data in a string
		}
		tested++
		t.Run(r.Case, func(t *testing.T) {
			want := owned(t, examined(t, r.layOut(t, root, nil)))
			got := owned(t, examined(t, r.layOut(t, root, repeat)))
			if !slices.Equal(got, want) {
				t.Errorf("with repeated events %d owners differ:\n%s", len(differing(got, want)), strings.Join(differing(got, want), "\n"))
			}
			if !slices.ContainsFunc(want, func(s string) bool { return strings.HasSuffix(s, string(finding.BasisTuple)) }) {
				t.Error("no connection is joined at all")
			}
		})
	}
	if tested < 8 {
		t.Errorf("%d recordings tested", tested)
	}
}

func size(root string, r *recording) (n int64) {
	for kind, inputs := range r.Inputs {
		for _, in := range inputs {
			if info, err := os.Stat(filepath.Join(root, in.Archive)); err == nil && strings.HasPrefix(kind, "host") {
				n += info.Size()
			}
		}
	}
	return n
}

func differing(got, want []string) (out []string) {
	for i := range max(len(got), len(want)) {
		var g, w string
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			out = append(out, "got  "+g, "want "+w)
		}
	}
	return out
}

// repeat adds to a log of JSON lines a copy of every network event, earlier and under another process.
func repeat(log []byte) []byte {
	var out bytes.Buffer
	lines := bufio.NewScanner(bytes.NewReader(log))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		out.Write(lines.Bytes())
		out.WriteByte('\n')
		var event map[string]any
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.UseNumber()
		if d.Decode(&event) != nil || !network(event) {
			continue
		}
		copied, err := json.Marshal(disguised(event))
		if err != nil {
			panic(err)
		}
		out.Write(copied)
		out.WriteByte('\n')
	}
	return out.Bytes()
}

func network(event map[string]any) bool {
	return slices.Contains([]string{"3", "22", "5156", "5157", "5158"}, fmt.Sprint(event["EventID"]))
}

func disguised(event map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range event {
		switch k {
		case "Message":
		case "Image", "Application":
			out[k] = `C:\Program Files\Other\other.exe`
		case "ProcessId", "ProcessID":
			out[k] = "65432"
		case "ProcessGuid":
			out[k] = "{01020304-0000-0000-0100-000000000900}"
		case "RecordNumber":
			n, _ := v.(json.Number).Int64()
			out[k] = n + 1<<40
		default:
			out[k] = earlier(v)
		}
	}
	return out
}

// earlier shifts a value that is a time, and leaves others.
func earlier(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04:05.000", "2006-01-02T15:04:05.000Z"} {
		if at, err := time.Parse(layout, s); err == nil && len(s) == len(layout) {
			return at.Add(decoy).Format(layout)
		}
	}
	return v
}

// The offsets that inspect prints lie within two seconds of the medians measured independently. Those are over all
// hosts of a recording, and local times are corrected there by whole quarters of an hour.
func TestClockOffsets(t *testing.T) {
	const tolerance = 2.0
	root, recordings := paired(t)
	compared := 0
	for _, r := range recordings {
		if !r.Pairing.SameRun {
			continue
		}
		want := r.Pairing.PcapJoin
		if want == nil {
			want = r.Pairing.ZeekJoin
		}
		judged, err := examined(t, r.layOut(t, root, nil)).Judge(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		doc := judged.Document
		for _, c := range []struct {
			name   string
			median *float64
			class  string
		}{{"Sysmon 3", want.Sysmon3.Apart.Median, "3, 22"}, {"Security 5156", want.Sec5156.Apart.Median, "all"}} {
			got, ok := medianOffset(doc, c.class)
			if c.median == nil || !ok {
				continue
			}
			compared++
			if diff := got - *c.median; diff < -tolerance || diff > tolerance {
				t.Errorf("%s: clock of %s %.2f s off, measured independently %.2f s", r.Case, c.name, got, *c.median)
			}
		}
	}
	if compared < 35 {
		t.Errorf("%d clocks compared", compared)
	}
}

// medianOffset is the median over hosts of the offset of a writer's own time field, each counted by its votes.
func medianOffset(doc *finding.Document, class string) (float64, bool) {
	var all []float64
	for _, h := range doc.Coverage.Hosts {
		for _, c := range h.Clocks {
			own := c.Field == "UtcTime" || class == "all" && c.Field != "@timestamp"
			if c.Class != class || !own {
				continue
			}
			off := c.Offset
			if c.Field != "UtcTime" {
				off -= off.Round(15 * time.Minute)
			}
			for range c.Votes {
				all = append(all, off.Seconds())
			}
		}
	}
	if len(all) == 0 {
		return 0, false
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2, true
}
