package winevent

import (
	"fmt"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// TestDigestAcrossContainers: one event as three containers spell it, and neighbours that are other events.
func TestDigestAcrossContainers(t *testing.T) {
	evtx := Values{{"ProcessID", "1144"}, {"Application", `\device\x`}, {"Direction", "%%14593"}, {"SourceAddress", "192.0.2.1"},
		{"SourcePort", "50000"}, {"DestAddress", "2001:db8::1"}, {"DestPort", "443"}, {"Protocol", "6"}, {"FilterRTID", "7"}}
	json := Values{{"DestPort", "443"}, {"DestAddress", "2001:DB8:0:0:0:0:0:1"}, {"SourcePort", "0xc350"}, {"SourceAddress", "::ffff:192.0.2.1"},
		{"Protocol", "6"}, {"Direction", "%%14593"}, {"Application", `\device\x`}, {"ProcessId", "1144"}}
	other := append(Values{}, evtx...)
	other[4].Text = "50001"
	digest := func(computer string, id uint64, v Values) uint64 {
		var b evidence.Batch
		new(Emitter).Emit(&Record{Header: evidence.Header{Provider: security, Channel: "Security", EventID: 5156, Computer: computer, RecordID: id}, Fields: v}, &b)
		only := b.Sockets.At(0)
		return only.Digest()
	}
	if a, b := digest("WS1.example.net", 9, evtx), digest("ws1.example.NET", 9, json); a != b {
		t.Errorf("the same event has digests %x and %x", a, b)
	}
	if digest("ws1", 9, evtx) == digest("ws1", 9, other) {
		t.Error("another port, the same digest")
	}
	if digest("ws1", 9, evtx) == digest("ws1", 10, evtx) {
		t.Error("another RecordID, the same digest")
	}
	if digest("ws1", 9, evtx) == digest("ws2", 9, evtx) {
		t.Error("another computer, the same digest")
	}
}

// TestDigestWithoutRecordID: two events that look alike are two unless they are stored alike.
func TestDigestWithoutRecordID(t *testing.T) {
	digest := func(stored string) uint64 {
		r := Record{Header: evidence.Header{Provider: "p", EventID: 7, Digest: HashBytes([]byte(stored))}, Fields: Values(nil)}
		new(Emitter).Emit(&r, &evidence.Batch{})
		return r.Digest
	}
	first, again, other := digest("a"), digest("a"), digest("b")
	if first != again {
		t.Error("stored alike, two digests")
	}
	if first == other {
		t.Error("stored differently, one digest")
	}
}

// TestDigestOfUnread: containers keep different fractions of a time, which must not make one record two.
func TestDigestOfUnread(t *testing.T) {
	digest := func(at string) uint64 {
		s, _ := ParseStamp(at, "TimeCreated")
		r := Record{Header: evidence.Header{Provider: "p", EventID: 7, RecordID: 3, Stamps: [3]evidence.Stamp{s}}, Fields: Values(nil)}
		new(Emitter).Emit(&r, &evidence.Batch{})
		return r.Digest
	}
	if digest("2021-03-04T05:06:07.1234567Z") != digest("2021-03-04 05:06:07.123") {
		t.Error("fractions tell records apart")
	}
	if digest("2021-03-04T05:06:07Z") == digest("2021-03-04T05:06:08Z") {
		t.Error("times do not tell records apart")
	}
}

// TestSysmonTimeFirst: every Sysmon event has its own clock in the data, which comes before those of System and receipt.
func TestSysmonTimeFirst(t *testing.T) {
	created, _ := ParseStamp("2021-03-04T07:06:09Z", "TimeCreated")
	received, _ := ParseStamp("2021-03-04T07:07:00Z", "@timestamp")
	r := Record{Header: evidence.Header{Provider: sysmon, EventID: 11, Stamps: [3]evidence.Stamp{created, received}},
		Fields: Values{{"UtcTime", "2021-03-04 05:06:07.891"}}}
	new(Emitter).Emit(&r, &evidence.Batch{})
	want := time.Date(2021, 3, 4, 5, 6, 7, 891e6, time.UTC)
	if s := r.Stamps[0]; !s.Time.Equal(want) || s.Field != "UtcTime" || s.Resolution != time.Millisecond {
		t.Errorf("first stamp is %v", s)
	}
	if r.Stamps[1] != created || r.Stamps[2] != received {
		t.Errorf("others are %v", r.Stamps[1:])
	}
}

func TestParseStamp(t *testing.T) {
	at := time.Date(2020, 10, 19, 3, 30, 41, 0, time.UTC)
	for _, c := range []struct {
		why, text string
		want      time.Time // zero: no time
		step      time.Duration
	}{
		{"Sysmon", "2020-10-19 03:30:41.104", at.Add(104e6), time.Millisecond},
		{"Azure", "2020-10-19T03:30:41.1040000Z", at.Add(104e6), 100},
		{"evtxexport", "2020-10-19T03:30:41.104000001Z", at.Add(104e6 + 1), 1},
		{"more digits than there are nanoseconds", "2020-10-19T03:30:41.1040000019Z", at.Add(104e6 + 1), 1},
		{"NXLog", "2020-10-19 03:30:41", at, time.Second},
		{"comma", "2020-10-19 03:30:41,5", at.Add(5e8), 100 * time.Millisecond},
		{"a stated offset is applied", "2020-10-19T05:30:41+02:00", at, time.Second},
		{"offset without colon", "2020-10-18T22:00:41-0530", at, time.Second},
		{"12-hour clock", "10/19/2020 3:30:41 AM", at, time.Second},
		{"12-hour clock, afternoon", "2020-10-19 3:30:41 pm", at.Add(12 * time.Hour), time.Second},
		{"epoch seconds with decimals", "1603078241.25", at.Add(25e7), 10 * time.Millisecond},
		{"epoch milliseconds", "1603078241104", at.Add(104e6), time.Millisecond},
		{"PowerShell", "/Date(1603078241104)/", at.Add(104e6), time.Millisecond},
		{"no such day", "2020-02-30 03:30:41", time.Time{}, 0},
		{"no such hour", "2020-02-20 25:30:41", time.Time{}, 0},
		{"unset FILETIME", "1601-01-01T00:00:00Z", time.Time{}, 0},
		{"behind the text", "2020-10-19 03:30:41 or so", time.Time{}, 0},
		{"empty", "", time.Time{}, 0},
		{"sign", "-1", time.Time{}, 0},
	} {
		s, ok := ParseStamp(c.text, "f")
		if ok != !c.want.IsZero() || !s.Time.Equal(c.want) || s.Resolution != c.step {
			t.Errorf("%s: %q is %v step %v, want %v step %v", c.why, c.text, s.Time, s.Resolution, c.want, c.step)
		}
	}
}

// TestEveryDay holds the calendar of ParseStamp against that of the time package.
func TestEveryDay(t *testing.T) {
	for year := 1980; year <= 2200; year++ {
		for month := 1; month <= 12; month++ {
			for day := 1; day <= 31; day++ {
				want := time.Date(year, time.Month(month), day, 23, 59, 58, 0, time.UTC)
				s, ok := ParseStamp(fmt.Sprintf("%04d-%02d-%02d 23:59:58", year, month, day), "f")
				if ok != (want.Day() == day) || ok && s.Time != want {
					t.Fatalf("%04d-%02d-%02d is %v, %t", year, month, day, s.Time, ok)
				}
			}
		}
	}
}
