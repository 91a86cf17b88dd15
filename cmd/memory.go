package cmd

import (
	"fmt"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/spill"
	"github.com/wirewitness/wirewitness/report"
)

// heldByDefault is what connections of captures and sensors may take in memory where --max-memory says nothing; connPart is their part
// of what it says.
const (
	heldByDefault = 32 << 20
	connPart      = 8
)

// A budget is the memory that a run is to get by with.
type budget struct {
	limit  int64 // bytes, 0 for none stated
	before int64 // what the Go runtime was limited to
	space  *spill.Space
	gc     *collector
}

// newBudget reads --max-memory.
func newBudget(stated string) (*budget, error) {
	if stated == "" {
		return &budget{space: spill.New("", heldByDefault), gc: collect()}, nil
	}
	limit, err := byteSize(stated)
	if err != nil {
		return nil, fmt.Errorf("--max-memory: %w", err)
	}
	return &budget{limit, debug.SetMemoryLimit(limit), spill.New("", limit/connPart), collect()}, nil
}

// end gives back what the budget took.
func (b *budget) end() {
	b.space.Close()
	b.gc.end()
	if b.limit > 0 {
		debug.SetMemoryLimit(b.before)
	}
}

// notes says what the budget led to, for people.
func (b *budget) notes() (out []string) {
	conns, bytes, err := b.space.Moved()
	if conns > 0 {
		out = append(out, fmt.Sprintf("%d connections went to a temporary file of %s, which memory had no room for (see --max-memory)", conns, report.Bytes(uint64(bytes))))
	}
	if err != nil {
		out = append(out, fmt.Sprintf("further connections were kept in memory: %v", err))
	}
	if used := memoryUsed(); b.limit > 0 && used > b.limit {
		out = append(out, fmt.Sprintf("%s of memory were used, more than --max-memory allows: what logs state is held whole", report.Bytes(uint64(used))))
	}
	return out
}

// memoryUsed is what the process has mapped, in bytes; Go gives little of it back, so that it is nearly the most there was.
func memoryUsed() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64() - sample[1].Value.Uint64())
}

// byteSize reads a number of bytes with a unit: 512MiB, 2GiB, also as 512M and 2G.
func byteSize(s string) (int64, error) {
	digits := strings.TrimRight(s, "KMGTiB")
	n, err := strconv.ParseInt(digits, 10, 64)
	shift, known := map[string]uint{"B": 0, "K": 10, "KiB": 10, "M": 20, "MiB": 20, "G": 30, "GiB": 30, "T": 40, "TiB": 40}[s[len(digits):]]
	if err != nil || !known || n <= 0 || n > 1<<62>>shift {
		return 0, fmt.Errorf("%q is no size: write 512MiB or 2GiB", s)
	}
	return n << shift, nil
}
