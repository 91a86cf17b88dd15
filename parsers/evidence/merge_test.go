package evidence

import (
	"errors"
	"reflect"
	"slices"
	"testing"
)

// TestMergeForgetsNothing: every list of a Batch is carried over, also one that is added tomorrow.
func TestMergeForgetsNothing(t *testing.T) {
	var from, to Batch
	v := reflect.ValueOf(&from).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice {
			f.Set(reflect.MakeSlice(f.Type(), 3, 3))
		}
	}
	to.Merge(&from)
	to.Merge(&from)
	from.Reset()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if f := v.Field(i); f.Kind() == reflect.Slice && (f.Len() != 0 || reflect.ValueOf(to).Field(i).Len() != 6) {
			t.Errorf("%s: %d elements left behind, %d of 6 carried over", name, f.Len(), reflect.ValueOf(to).Field(i).Len())
		}
	}
}

// TestMergedIsTheSame: counts and problems are those of one Batch that was given everything, in order.
func TestMergedIsTheSame(t *testing.T) {
	var whole, merged, block Batch
	for i := range uint64(1000) {
		h := record(1+i*i%977, 1+i%500)
		h.EventID = uint32(i % 40)
		p := Problem{Kind: Damaged, Lost: i, Known: i%2 == 0, Err: errors.New("bad")}
		for _, b := range []*Batch{&whole, &block} {
			b.Record(h)
			if i%7 == 0 {
				b.Problem(p)
			}
		}
		if i%90 == 89 || i == 999 {
			merged.Merge(&block)
			block.Reset()
		}
	}
	if !reflect.DeepEqual(whole.Problems, merged.Problems) || whole.Records() != merged.Records() {
		t.Errorf("%d problems and %d records, want %d and %d", merged.Problems.Total, merged.Records(), whole.Problems.Total, whole.Records())
	}
	if !reflect.DeepEqual(whole.Tallies.Classes(), merged.Tallies.Classes()) {
		t.Error("the classes differ")
	}
	for _, l := range whole.Tallies.Logs() {
		want, _ := whole.Tallies.IDs(l).List()
		if got, _ := merged.Tallies.IDs(l).List(); !slices.Equal(got, want) {
			t.Errorf("%v: got %v, want %v", l, got, want)
		}
	}
}

// TestOnce: a record met again states nothing new; one without a digest cannot be told from others, and a leftover does
// not take the place of what the log holds. Records that count on are not looked up.
func TestOnce(t *testing.T) {
	for _, tt := range []struct {
		why    string
		blocks [][]uint64 // digests, which are the numbers as well
		want   []uint64
	}{
		{"copies", [][]uint64{{1, 2, 1}, {0, 3, 0, 2}, {9, 1, 4}}, []uint64{1, 2, 1, 0, 3, 0, 9, 4}},
		{"counting on", [][]uint64{{2, 3}, {4, 6}, {8}}, []uint64{2, 3, 4, 6, 8}},
		{"back to the beginning", [][]uint64{{5, 6}, {7}, {1, 2}, {6, 8}, {2}}, []uint64{5, 6, 7, 1, 2, 8}},
		{"twice in a block", [][]uint64{{2, 3}, {5, 5}}, []uint64{2, 3, 5}},
	} {
		var got Batch
		once := Once{Into: &got}
		for _, digests := range tt.blocks {
			var b Batch
			for i, d := range digests {
				s := Socket{Header: record(d, d)}
				if d == 9 || i == 0 && d == 1 && len(digests) == 3 && digests[1] == 2 {
					s.Recovered = Leftover
				}
				b.Record(s.Header)
				b.Socket(s)
			}
			once.Merge(&b)
		}
		var kept []uint64
		for _, s := range got.Sockets.All() {
			kept = append(kept, s.Digest())
		}
		if !slices.Equal(kept, tt.want) {
			t.Errorf("%s: kept %v, want %v", tt.why, kept, tt.want)
		}
	}
}
