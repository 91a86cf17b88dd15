package eventxml

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// TestCorpus reads every XML export of the recordings: no event may be lost, and each class must have as many as the log
// it was exported from.
func TestCorpus(t *testing.T) {
	root, read := parsertest.Corpus(t), 0
	for _, tr := range parsertest.Truths(t, "evtx") {
		for _, in := range tr.Inputs["host_xml_export"] {
			read++
			data := in.Read(t, root)
			if !Format.Sniff(data[:min(len(data), parsers.SniffLen)]) {
				t.Errorf("%s is not recognised", in.File)
			}
			b, err := parsertest.Parse(t.Context(), Format, data)
			if err != nil || b.Problems.Total > 0 {
				t.Errorf("%s: %v, %v", in.File, err, b.Problems.First)
			}
			n := map[string]uint64{}
			for _, c := range b.Tallies.Classes() {
				n[fmt.Sprintf("%s|%d", c.Channel, c.EventID)] += c.Count
			}
			if diff := cmp.Diff(tr.Events.ByClass, n); diff != "" {
				t.Errorf("%s: events by channel and id (-truth +here):\n%s", in.File, diff)
			}
			for _, k := range b.Sockets.All() {
				s := k.Socket()
				if s.PID == 0 || !s.Src.Addr().IsValid() || !s.Dst.Addr().IsValid() && s.EventID != 5158 || s.Transport == "" {
					t.Errorf("%s: a connection without PID, end or transport: %+v", in.File, s)
				}
			}
		}
	}
	if read < 8 {
		t.Errorf("%d exports, there were 8", read)
	}
}
