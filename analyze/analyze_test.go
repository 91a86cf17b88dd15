package analyze

import (
	"iter"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// capture is three connections of two machines, a minute apart.
func capture() []Source {
	b := &evidence.Batch{}
	for i, orig := range []string{"10.1.0.7:50001", "10.1.0.8:50002", "10.1.0.7:50003"} {
		at := noon.Add(time.Duration(i) * time.Minute)
		b.Conn(evidence.Conn{Ref: evidence.Ref{File: "cap", Unit: "frame", N: uint64(i + 1)}, Sensor: "cap", Transport: evidence.TCP,
			Orig: netip.MustParseAddrPort(orig), Resp: netip.MustParseAddrPort("203.0.113.7:443"), OrigKnown: true, Start: at, End: at.Add(time.Second)})
	}
	return []Source{{File: finding.File{Name: "cap"}, Batch: b}}
}

func TestNarrow(t *testing.T) {
	for _, tt := range []struct {
		name string
		opt  Options
		want string
		out  int
	}{
		{"everything", Options{}, "50001 50002 50003", 0},
		{"since is in corrected UTC and keeps what still ran", Options{Since: noon.Add(time.Minute + 500*time.Millisecond)}, "50002 50003", 1},
		{"until keeps what had begun", Options{Until: noon.Add(time.Minute)}, "50001 50002", 1},
		{"one host, by address", Options{Hosts: []string{"10.1.0.7"}}, "50001 50003", 0},
	} {
		tt.opt.Policy = policy.Default()
		j, err := Join(t.Context(), capture(), tt.opt)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		r, err := j.Judge(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		var ports []string
		err = r.EachFlow(t.Context(), func(flows iter.Seq[*finding.Flow]) error {
			for f := range flows {
				_, port, _ := strings.Cut(f.Orig.String(), ":")
				ports = append(ports, port)
			}
			return nil
		})
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if got := strings.Join(ports, " "); got != tt.want || r.Document.Coverage.Totals.ConnectionsLeftOutByTime != tt.out {
			t.Errorf("%s: %s, %d left out by time; want %s, %d", tt.name, got, r.Document.Coverage.Totals.ConnectionsLeftOutByTime, tt.want, tt.out)
		}
	}
}

// An option for a host that is not there would silently do nothing.
func TestUnknownHostIsAnError(t *testing.T) {
	for _, opt := range []Options{{Hosts: []string{"WS-99"}}, {Offsets: []correlate.Stated{{Host: "WS-99", Offset: time.Hour}}}} {
		opt.Policy = policy.Default()
		if _, err := Join(t.Context(), capture(), opt); err == nil || !strings.Contains(err.Error(), "WS-99") || !strings.Contains(err.Error(), "10.1.0.7") {
			t.Errorf("error %v: want one that names the host and those there are", err)
		}
	}
}
