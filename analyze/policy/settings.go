package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// Thresholds are the numbers that detectors compare with.
type Thresholds struct {
	RegularEvents     Quantity `yaml:"regular_events"`
	RegularSpread     Quantity `yaml:"regular_spread"`
	RegularSpreadMany Quantity `yaml:"regular_spread_many"`
	RegularMany       Quantity `yaml:"regular_many"`
	RegularInterval   Quantity `yaml:"regular_interval"`
	QuietConnection   Quantity `yaml:"quiet_connection"`
	QuietRate         Quantity `yaml:"quiet_rate"`
	FanOut            Quantity `yaml:"fan_out"`
	FanOutWindow      Quantity `yaml:"fan_out_window"`
	YoungProcess      Quantity `yaml:"young_process"`
	DNSUniqueNames    Quantity `yaml:"dns_unique_names"`
	DNSLabelLength    Quantity `yaml:"dns_label_length"`
	DNSEntropy        Quantity `yaml:"dns_entropy"`
}

// A number is a Quantity with the key it stands under.
type number struct {
	key string
	Quantity
}

// numbers lists every Quantity in the order of the file.
func (p *Policy) numbers() []number {
	v, t, s, c := p.DataVolume, p.Thresholds, p.Severity, p.FamilyCaps
	return []number{
		{"data_volume_threshold.outbound_share", v.OutboundShare}, {"data_volume_threshold.share_floor", v.ShareFloor},
		{"data_volume_threshold.outbound", v.Outbound}, {"data_volume_threshold.uploads", v.Uploads},
		{"data_volume_threshold.outlier", v.Outlier},
		{"thresholds.regular_events", t.RegularEvents}, {"thresholds.regular_spread", t.RegularSpread},
		{"thresholds.regular_spread_many", t.RegularSpreadMany}, {"thresholds.regular_many", t.RegularMany},
		{"thresholds.regular_interval", t.RegularInterval}, {"thresholds.quiet_connection", t.QuietConnection},
		{"thresholds.quiet_rate", t.QuietRate}, {"thresholds.fan_out", t.FanOut},
		{"thresholds.fan_out_window", t.FanOutWindow}, {"thresholds.young_process", t.YoungProcess},
		{"thresholds.dns_unique_names", t.DNSUniqueNames}, {"thresholds.dns_label_length", t.DNSLabelLength},
		{"thresholds.dns_entropy", t.DNSEntropy},
		{"severity.low", s.Low}, {"severity.medium", s.Medium}, {"severity.high", s.High}, {"severity.critical", s.Critical},
		{"family_caps.process", c.Process}, {"family_caps.port", c.Port}, {"family_caps.volume", c.Volume},
		{"family_caps.timing", c.Timing}, {"family_caps.content", c.Content},
		{"link_floor", p.LinkFloor},
	}
}

// YAML returns the whole effective policy: the built-in file as it stands, comments included, or what a user's file
// made of it.
func (p *Policy) YAML() ([]byte, error) {
	if p.isDefault {
		return bytes.Clone(defaultYAML), nil
	}
	return yaml.Dump(p, yaml.WithLineWidth(-1))
}

// Statement is the policy as a report prints it.
func (p *Policy) Statement() (finding.Policy, error) {
	shown, err := p.YAML()
	if err != nil {
		return finding.Policy{}, fmt.Errorf("print policy: %w", err)
	}
	canonical, err := yaml.Dump(p)
	if err != nil {
		return finding.Policy{}, fmt.Errorf("print policy: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return finding.Policy{Source: p.source, SHA256: hex.EncodeToString(sum[:]), Settings: p.settings(), Text: string(shown), Assumptions: assumptions}, nil
}

var assumptions = []string{
	"AN1225 has no official query: protocol_list, data_volume_threshold and unusual_process_list are the settings of this policy",
	"a protocol is confirmed by content; where no content was seen the port suggests one, and the fact says so",
	"company and product are what a program file says of itself; no signature was checked",
	"volume is payload; connections that no capture or sensor measured add nothing to a sum and are counted as not measured",
	"an absent fact is not evidence of absence: see coverage for what could have been seen",
}

// settings lists everything that can be set with its reason, in the order of the file.
func (p *Policy) settings() []finding.Setting {
	var out []finding.Setting
	if len(p.FamiliesOff) > 0 {
		var off []string
		for _, f := range p.FamiliesOff {
			off = append(off, string(f))
		}
		out = append(out, finding.Setting{Key: "families_off", Value: strings.Join(off, ", "), Reason: "facts of these families are not used"})
	}
	for _, e := range p.entries() {
		out = append(out, e.Setting)
	}
	for _, n := range p.numbers() {
		out = append(out, finding.Setting{Key: n.key, Value: text(n.Value), Unit: n.Unit, Reason: n.Reason})
	}
	for _, x := range p.ExpectedUses {
		out = append(out, finding.Setting{Key: "expected_uses." + x.Name, Value: text(x.Factor), Unit: "factor", Reason: x.because()})
	}
	for _, x := range p.Exclusions {
		out = append(out, finding.Setting{Key: "exclusions." + x.Name, Value: "left out", Reason: x.because()})
	}
	p.markDefaults(out)
	return out
}

func (a Adjustment) because() string {
	return a.Reason + " (owner " + a.Owner + ", until " + a.Expires + ")"
}

// An entry is a line of one of the lists.
type entry struct {
	finding.Setting
	points float64
}

// entries lists the lines of all lists.
func (p *Policy) entries() []entry {
	var out []entry
	add := func(key, value string, points float64, reason string) {
		e := entry{finding.Setting{Key: key, Value: value, Reason: reason}, points}
		out = append(out, e)
	}
	for _, x := range p.ProtocolList {
		add("protocol_list."+x.Name, "ports "+join(x.Ports), x.Points, x.Reason)
	}
	for _, x := range p.UnusualProcessList {
		add("unusual_process_list."+x.Name, text(x.Points)+" points: "+strings.Join(x.Programs, ", "), x.Points, x.Reason)
	}
	for _, x := range p.WritableFolders {
		add("user_writable_folders."+x.Path, text(x.Points)+" points", x.Points, x.Reason)
	}
	for _, x := range []struct {
		key string
		Names
	}{{"system_folders", p.SystemFolders}, {"system_programs", p.SystemPrograms}, {"serving_programs", p.ServingPrograms},
		{"discovery_commands", p.Discovery}, {"doh_resolvers", p.DoHResolvers}} {
		add(x.key, strings.Join(x.Names.Names, ", "), 0, x.Reason)
	}
	add("common_ports", join(p.CommonPorts.Ports), 0, p.CommonPorts.Reason)
	for _, x := range p.OddParents {
		add("odd_parents."+x.Name, text(x.Points)+" points", x.Points, x.Reason)
	}
	for _, x := range p.CommandSigns {
		add("command_line_signs."+x.Name, text(x.Points)+" points: "+x.Pattern, x.Points, x.Reason)
	}
	return out
}

func text(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// markDefaults notes which settings are those of the built-in policy.
func (p *Policy) markDefaults(out []finding.Setting) {
	same := map[finding.Setting]bool{}
	if p.builtin != nil {
		for _, s := range p.builtin.settings() {
			s.Default = false
			same[s] = true
		}
	}
	for i := range out {
		out[i].Default = p.isDefault || same[out[i]]
	}
}

func join(ports []uint16) string {
	var b strings.Builder
	for i, p := range ports {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(int(p)))
	}
	return b.String()
}
