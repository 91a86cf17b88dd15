package report

import (
	"fmt"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// The chart is drawn in units of its own; the style sheet stretches it.
const (
	chartWidth  = 960
	chartHeight = 160
	chartBars   = 96
)

// A chart is traffic over time as bars: sent upwards, received downwards, both on one scale.
type chart struct {
	Width, Height int
	Axis          float64
	Bars          []bar
	From, To      string
	Caption       string
}

type bar struct {
	X, W, SentY, SentH, RecvY, RecvH float64
	Label                            string
}

// A bin is the traffic of one bar.
type bin struct {
	sent, recv uint64
	events     int
}

// newChart draws the traffic of a finding over the time it was active; nil when there is none to show.
func newChart(f finding.Finding) *chart {
	series := f.Series
	first, last := activeSpan(&f)
	step := max(last.Sub(first)/chartBars, time.Second)
	bins := fill(series, first, step)
	sent, recv := peaks(bins)
	if sent+recv == 0 {
		return nil
	}
	c := &chart{Width: chartWidth, Height: chartHeight, From: timeText(first) + " UTC", To: timeText(last) + " UTC"}
	// The axis divides the height as the highest bars do, so that both directions share one scale.
	scale := float64(chartHeight-8) / (float64(sent) + float64(recv))
	c.Axis = round(4 + float64(sent)*scale)
	c.Caption = fmt.Sprintf("One scale for both; the highest bar stands for %s sent", Bytes(sent))
	w := float64(chartWidth) / chartBars
	for i, b := range bins {
		if b == (bin{}) {
			continue
		}
		up, down := visible(float64(b.sent)*scale), visible(float64(b.recv)*scale)
		c.Bars = append(c.Bars, bar{
			X: round(float64(i) * w), W: round(w * 0.8), SentY: round(c.Axis - up), SentH: round(up), RecvY: c.Axis, RecvH: round(down),
			Label: fmt.Sprintf("%s UTC: %s sent, %s received, %s", timeText(first.Add(time.Duration(i)*step)), Bytes(b.sent), Bytes(b.recv), counted(b.events, "connection")),
		})
	}
	return c
}

// visible keeps a little traffic from vanishing beside much.
func visible(height float64) float64 {
	if height == 0 {
		return 0
	}
	return max(height, 1)
}

// activeSpan covers the activity and the series, which may begin with the bucket the activity began in.
func activeSpan(f *finding.Finding) (first, last time.Time) {
	first, last = f.First, f.Last
	for _, l := range f.Series {
		if first.IsZero() || l.At.Before(first) {
			first = l.At
		}
		last = maxTime(last, l.At)
	}
	return first, last
}

func fill(series []finding.Line, first time.Time, step time.Duration) (bins [chartBars]bin) {
	for _, l := range series {
		b := &bins[min(int(l.At.Sub(first)/step), chartBars-1)]
		b.sent += l.Sent
		b.recv += l.Recv
		b.events += l.Events
	}
	return bins
}

func peaks(bins [chartBars]bin) (sent, recv uint64) {
	for _, b := range bins {
		sent, recv = max(sent, b.sent), max(recv, b.recv)
	}
	return sent, recv
}

// round keeps one decimal: what a screen can show, and the same text everywhere.
func round(v float64) float64 { return float64(int(v*10+0.5)) / 10 }
