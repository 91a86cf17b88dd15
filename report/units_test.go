package report

import (
	"math"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

func TestUnits(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Bytes(0), "0 B"},
		{Bytes(1023), "1023 B"},
		{Bytes(1024), "1.0 KiB"},
		{Bytes(1048575), "1.0 MiB"}, // never "1024.0 KiB"
		{Bytes(1288490189), "1.2 GiB"},
		{Bytes(math.MaxUint64), "16.0 EiB"},
		{exactBytes(1), "1 byte"},
		{exactBytes(1288490189), "1.2 GiB (1,288,490,189 bytes)"},
		{measured(evidence.Count{}), "not measured"},
		{measured(evidence.Measured(0)), "0 B"},
		{countText(0), "0"},
		{countText(999), "999"},
		{countText(18402), "18,402"},
		{countText(-1234567), "-1,234,567"},
		{countText(uint64(math.MaxUint64)), "18,446,744,073,709,551,615"},
		{counted(1, "process"), "1 process"},
		{counted(2, "process"), "2 processes"},
		{durationText(0), "0 s"},
		{durationText(400 * time.Millisecond), "400 ms"},
		{durationText(12500 * time.Millisecond), "12.5 s"},
		{durationText(time.Minute), "60 s"},
		{durationText(5*24*time.Hour + 14*time.Hour + 14*time.Minute + 9*time.Second), "5d 14h 14m"},
		{durationText(2*time.Hour + 5*time.Second), "2h 5s"},
		{durationText(-90 * time.Minute), "-1h 30m"},
		{durationText(math.MinInt64), "-106751d 23h 47m"},
		{percentText(0), "0 %"},
		{percentText(0.0002), "< 0.1 %"},
		{percentText(0.003), "0.3 %"},
		{percentText(0.97), "97 %"},
		{percentText(0.9999), "> 99.9 %"}, // a part is never everything
		{percentText(1), "100 %"},
		{shareText(1, 0), "none"},
		{timeText(time.Time{}), ""},
		{timeText(at(9, 2, 15).In(time.FixedZone("", 7200))), "2026-03-14 09:02:15"},
		{spanText(at(9, 0, 0), at(10, 0, 0)), "2026-03-14 09:00:00 – 10:00:00 UTC"},
		{spanText(at(9, 0, 0), at(34, 0, 0)), "2026-03-14 09:00:00 – 2026-03-15 10:00:00 UTC"},
		{spanText(time.Time{}, time.Time{}), "time not known"},
		{numberText(finding.Number{Value: 0.04, Unit: "ratio"}), "4 %"},
		{numberText(finding.Number{Value: 8443, Unit: "port"}), "8443"},
		{numberText(finding.Number{Value: 212, Unit: "count"}), "212"},
		{numberText(finding.Number{Value: 3.456, Unit: "bits"}), "3.46 bits"},
		{numberText(finding.Number{Value: 1e300, Unit: "s"})[:3], "100"},
		{numberText(finding.Number{Value: math.NaN(), Unit: "s"}), "not measured"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
