package eventjson

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// TestCorpus reads every JSON log of the recordings: no event may be lost, each class must have as many as counted by
// others, and the connections must have the ends, programs and PIDs that the labels name.
func TestCorpus(t *testing.T) {
	root := parsertest.Corpus(t)
	for _, group := range []string{"paired", "host-json"} {
		for _, tr := range parsertest.Truths(t, group) {
			t.Run(group+"/"+tr.Case, func(t *testing.T) {
				t.Parallel()
				if raced && tr.Events.Total > 3000 {
					t.Skip("skipped: too large for the race detector")
				}
				b := readCase(t, root, tr)
				if diff := cmp.Diff(tr.Events.ByClass, countClasses(b)); diff != "" {
					t.Errorf("events by channel and id (-truth +here):\n%s", diff)
				}
				for _, u := range tr.Uses() {
					if sysmon, sec := countUse(b, u); portsOf(u) && (sysmon < u.Sysmon3 || sec < u.Sec5156) {
						t.Errorf("%s %s %s:%d: %d of %d Sysmon 3, %d of %d 5156", u.Host, u.Image, u.Remote, u.Port, sysmon, u.Sysmon3, sec, u.Sec5156)
					}
				}
			})
		}
	}
}

// portsOf tells whether a use is of a transport with ports; the truth names others by their number.
func portsOf(u parsertest.Use) bool { return u.Proto == "tcp" || u.Proto == "udp" }

func readCase(t *testing.T, root string, tr parsertest.Truth) *evidence.Batch {
	all := &evidence.Batch{}
	for _, in := range tr.Inputs["host"] {
		data := in.Read(t, root)
		if !Format.Sniff(data[:min(len(data), parsers.SniffLen)]) {
			t.Errorf("%s is not recognised", in.Member)
		}
		b, err := parsertest.Parse(t.Context(), Format, data)
		if err != nil || b.Problems.Total > 0 {
			t.Errorf("%s: %v, %v", in.Member, err, b.Problems.First)
		}
		for _, c := range b.Tallies.Classes() {
			for range c.Count {
				all.Record(evidence.Header{Channel: c.Channel, EventID: c.EventID})
			}
		}
		all.Sockets.Join(&b.Sockets)
	}
	return all
}

func countClasses(b *evidence.Batch) map[string]uint64 {
	n := map[string]uint64{}
	for _, c := range b.Tallies.Classes() {
		n[fmt.Sprintf("%s|%d", c.Channel, c.EventID)] += c.Count
	}
	return n
}

// countUse counts the events of a use. An image that the labels took from elsewhere is known by PID or GUID here, or not
// at all: some Sysmon events name nothing of the process.
func countUse(b *evidence.Batch, u parsertest.Use) (sysmon, sec int) {
	for _, k := range b.Sockets.All() {
		s := k.Socket()
		if s.Kind != evidence.Connect || string(s.Transport) != u.Proto || !sameHost(s.Computer, u.Host) || !touches(s, u) || !sameProgram(s, u) {
			continue
		}
		if s.EventID == 3 {
			sysmon++
		} else {
			sec++
		}
	}
	return sysmon, sec
}

func sameHost(computer, host string) bool {
	return strings.EqualFold(computer, host) || strings.HasPrefix(strings.ToLower(computer), strings.ToLower(host)+".")
}

func touches(s evidence.Socket, u parsertest.Use) bool {
	return (s.Src.Addr().String() == u.Remote || s.Dst.Addr().String() == u.Remote) && (s.Src.Port() == u.Port || s.Dst.Port() == u.Port)
}

func sameProgram(s evidence.Socket, u parsertest.Use) bool {
	if s.PID == 0 && s.EntityID.IsZero() && s.Image == "" {
		return true
	}
	image := strings.ToLower(s.Image)
	return image[strings.LastIndexAny(image, `\/`)+1:] == u.Image ||
		slices.Contains(u.PID, strconv.FormatUint(uint64(s.PID), 10)) ||
		slices.ContainsFunc(u.GUID, func(g string) bool {
			return !s.EntityID.IsZero() && strings.EqualFold(strings.Trim(g, "{}"), s.EntityID.String())
		})
}

// BenchmarkCorpus reads the logs of the recordings that are large enough to measure.
func BenchmarkCorpus(b *testing.B) {
	const large = 32 << 20
	root := parsertest.Corpus(b)
	for _, tr := range parsertest.Truths(b, "paired") {
		for _, in := range tr.Inputs["host"] {
			if data := in.Read(b, root); len(data) >= large {
				b.Run(in.Member, func(b *testing.B) { benchmark(b, data) })
			}
		}
	}
}
