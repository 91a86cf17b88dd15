package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wirewitness/wirewitness/analyze"
	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/analyze/policy"
)

// flags are those of the commands that read evidence.
type flags struct {
	format       string
	jobs         int
	wide         bool
	policy       string
	since, until string
	hosts        []string
	clocks       []string
	maxMemory    string

	// of analyze only
	out, caseName, examiner string
	minSeverity, failOn     string
}

func (f *flags) register(c *cobra.Command, formats []string) {
	fs := c.Flags()
	fs.StringVarP(&f.format, "format", "f", formats[0], "output format: "+strings.Join(formats, ", "))
	fs.IntVarP(&f.jobs, "jobs", "j", 0, "files read at the same time (0: one per processor)")
	fs.StringVar(&f.maxMemory, "max-memory", "", "memory to get by with, such as 512MiB or 2GiB; connections it has no room for go to a temporary file")
	fs.BoolVar(&f.wide, "wide", false, "print every column whole, however wide the terminal is")
	fs.StringVar(&f.policy, "policy", "", "YAML file laid over the built-in policy (see: wirewitness policy show)")
	fs.StringVar(&f.since, "since", "", "leave out what ended before this time (corrected UTC), such as 2024-05-31 or 2024-05-31T12:00:00Z")
	fs.StringVar(&f.until, "until", "", "leave out what began after this time; a date includes its whole day")
	fs.StringArrayVar(&f.hosts, "host", nil, "look at this host only: a name or an address (repeatable)")
	fs.StringArrayVar(&f.clocks, "clock", nil, "state how far the clock of a host is ahead of the captures: HOST=OFFSET, such as WS-07=-5d14h14m (repeatable)")
}

// options reads the flags into what the analysis takes.
func (f *flags) options() (opt analyze.Options, err error) {
	opt = analyze.Options{Case: f.caseName, Examiner: f.examiner, Hosts: f.hosts, Tool: tool()}
	if opt.Policy, err = loadPolicy(f.policy); err != nil {
		return opt, err
	}
	if opt.Since, err = instant(f.since, false); err != nil {
		return opt, fmt.Errorf("--since: %w", err)
	}
	if opt.Until, err = instant(f.until, true); err != nil {
		return opt, fmt.Errorf("--until: %w", err)
	}
	if !opt.Since.IsZero() && !opt.Until.IsZero() && opt.Until.Before(opt.Since) {
		return opt, errors.New("--until lies before --since")
	}
	if opt.MinSeverity, err = severity("--min-severity", f.minSeverity); err != nil {
		return opt, err
	}
	for _, c := range f.clocks {
		stated, err := clock(c)
		if err != nil {
			return opt, fmt.Errorf("--clock %s: %w", c, err)
		}
		opt.Offsets = append(opt.Offsets, stated)
	}
	return opt, nil
}

func severity(flag, s string) (finding.Severity, error) {
	if s == "" {
		return finding.Info, nil
	}
	v, err := finding.ParseSeverity(s)
	if err != nil {
		return v, fmt.Errorf("%s: %w", flag, err)
	}
	return v, nil
}

// loadPolicy reads a policy file, the built-in policy when there is none. It is named by its base name: reports hold
// no machine path.
func loadPolicy(path string) (*policy.Policy, error) {
	if path == "" {
		return policy.Default(), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxPolicy))
	if err != nil {
		return nil, err
	}
	return policy.Load(data, filepath.Base(path))
}

// maxPolicy is more than package policy accepts, so that it can say so.
const maxPolicy = 16 << 20

// instant reads a time given by the user, in UTC unless it says otherwise. A date alone stands for the beginning of the
// day, or its end.
func instant(s string, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		if end {
			return day.AddDate(0, 0, 1).Add(-1), nil
		}
		return day, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write 2024-05-31 or 2024-05-31T12:00:00Z", s)
}

// clock reads HOST=OFFSET.
func clock(s string) (correlate.Stated, error) {
	host, offset, ok := strings.Cut(s, "=")
	if !ok || host == "" {
		return correlate.Stated{}, errors.New("write HOST=OFFSET")
	}
	d, err := duration(offset)
	return correlate.Stated{Host: host, Offset: d}, err
}

// duration reads a Go duration that may begin with days: -5d14h14m.
func duration(s string) (time.Duration, error) {
	rest, negative := strings.CutPrefix(s, "-")
	if !negative {
		rest = strings.TrimPrefix(s, "+")
	}
	days, after, hasDays := strings.Cut(rest, "d")
	if !hasDays {
		days, after = "0", rest
	}
	n, err := strconv.ParseUint(days, 10, 16)
	var d time.Duration
	if err == nil && (after != "" || !hasDays) {
		d, err = time.ParseDuration(after)
	}
	if err != nil || strings.ContainsAny(after, "+-") {
		return 0, fmt.Errorf("%q is no duration: write 90s, -2h30m or 5d14h", s)
	}
	d += time.Duration(n) * 24 * time.Hour
	if negative {
		d = -d
	}
	return d, nil
}
