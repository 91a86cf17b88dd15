package pcap

import (
	"slices"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/pcap/service"
)

// TestHeardIsLetGo: what was heard is held on to by nothing, and room for many turns only while there are many.
func TestHeardIsLetGo(t *testing.T) {
	f := follow(maxLive)
	end := func(turns int) *stretch {
		fl := f.spare.take(protoUDP)
		fl.key.proto, fl.tracker = protoUDP, f.tracker
		for range turns - 1 {
			fl.say(service.Chunk{At: epoch, Data: []byte(request)})
		}
		fl.close()
		s := &stretch{}
		f.handOver(s)
		f.hear(s)
		return s
	}
	few := end(10)
	if all := few.turns[:cap(few.turns)]; len(all) < 10 || slices.ContainsFunc(all, func(t turn) bool { return t.flow != nil || t.Data != nil }) {
		t.Errorf("of %d turns some still hold something", len(all))
	}
	f.handOver(few)
	if cap(f.latest.turns) < 10 {
		t.Error("the room of few turns is not used again")
	}
	many := end(2 * ordinaryTurns)
	f.handOver(many)
	if n := cap(f.latest.turns); n > ordinaryTurns {
		t.Errorf("room for %d turns is kept", n)
	}
}
