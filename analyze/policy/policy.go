// Package policy holds what findings are judged with: the mutable elements of the analytic, its thresholds, expected
// uses and exclusions, each beside the reason for it. The built-in policy is default.yaml; a file of the user's is laid
// over it.
package policy

import (
	_ "embed"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// Schema names the shape of the policy file.
const Schema = "wirewitness/policy/1"

// A Policy is everything that can be set.
type Policy struct {
	Schema string `yaml:"schema"`
	// FamiliesOff names families whose facts are not used, to see what the others say alone.
	FamiliesOff []finding.Family `yaml:"families_off"`

	ProtocolList       []Protocol   `yaml:"protocol_list"`
	DataVolume         DataVolume   `yaml:"data_volume_threshold"`
	UnusualProcessList []Class      `yaml:"unusual_process_list"`
	WritableFolders    []Folder     `yaml:"user_writable_folders"`
	SystemFolders      Names        `yaml:"system_folders"`
	SystemPrograms     Names        `yaml:"system_programs"`
	ServingPrograms    Names        `yaml:"serving_programs"`
	Discovery          Names        `yaml:"discovery_commands"`
	DoHResolvers       Names        `yaml:"doh_resolvers"`
	CommonPorts        Ports        `yaml:"common_ports"`
	OddParents         []OddParent  `yaml:"odd_parents"`
	CommandSigns       []Sign       `yaml:"command_line_signs"`
	Thresholds         Thresholds   `yaml:"thresholds"`
	Severity           Severity     `yaml:"severity"`
	FamilyCaps         FamilyCaps   `yaml:"family_caps"`
	LinkFloor          Quantity     `yaml:"link_floor"`
	ExpectedUses       []Adjustment `yaml:"expected_uses"`
	Exclusions         []Adjustment `yaml:"exclusions"`

	source    string
	isDefault bool
	builtin   *Policy // what the file was laid over, nil for the built-in policy itself
}

// A Quantity is a number with its unit and the reason for its value.
type Quantity struct {
	Value  float64 `yaml:"value"`
	Unit   string  `yaml:"unit"`
	Reason string  `yaml:"reason"`
}

// Names is a list of names with a reason.
type Names struct {
	Names  []string `yaml:"names"`
	Reason string   `yaml:"reason"`
}

// Ports is a list of ports with a reason.
type Ports struct {
	Ports  []uint16 `yaml:"ports"`
	Reason string   `yaml:"reason"`
}

// A Protocol is an application protocol that is judged, with the ports that are its own.
type Protocol struct {
	Name  string   `yaml:"name"`
	Ports []uint16 `yaml:"ports"`
	// SpokenBy names the programs that speak it on Windows for everybody else; empty means any program may.
	SpokenBy []string `yaml:"spoken_by,omitempty"`
	// Points is what it says when another program speaks it.
	Points float64 `yaml:"points,omitempty"`
	// Local tells that it has no business outside the local networks.
	Local bool `yaml:"local,omitempty"`
	// Manages tells that it is for managing other machines.
	Manages bool   `yaml:"manages,omitempty"`
	Reason  string `yaml:"reason"`
}

// Owns tells whether a port is one of the protocol's own.
func (p Protocol) Owns(port uint16) bool { return slices.Contains(p.Ports, port) }

// DataVolume is the threshold of the analytic for volume.
type DataVolume struct {
	OutboundShare Quantity `yaml:"outbound_share"`
	ShareFloor    Quantity `yaml:"share_floor"`
	Outbound      Quantity `yaml:"outbound"`
	Uploads       Quantity `yaml:"uploads"`
	Outlier       Quantity `yaml:"outlier"`
}

// A Class is a kind of program that is not expected on the network, or not with every protocol.
type Class struct {
	Name     string   `yaml:"name"`
	Points   float64  `yaml:"points"`
	Programs []string `yaml:"programs"`
	// Usual names the protocols of ProtocolList that these programs may be expected to speak.
	Usual  []string `yaml:"usual,omitempty"`
	Reason string   `yaml:"reason"`
}

// A Folder is a place that ordinary users can write to. Path is a piece of a lower-case path without drive; "*" stands
// for one path element; a leading "/" anchors it at the root of the drive.
type Folder struct {
	Path   string  `yaml:"path"`
	Points float64 `yaml:"points"`
	Reason string  `yaml:"reason"`
}

// An OddParent is a pair of parent and child that ordinary use does not bring about.
type OddParent struct {
	Name     string   `yaml:"name"`
	Points   float64  `yaml:"points"`
	Parents  []string `yaml:"parents"`
	Children []string `yaml:"children"`
	Reason   string   `yaml:"reason"`
}

// A Sign is a pattern (RE2, on the lower-cased command line) with what it shows.
type Sign struct {
	Name     string   `yaml:"name"`
	Points   float64  `yaml:"points"`
	Programs []string `yaml:"programs,omitempty"`
	Pattern  string   `yaml:"pattern"`
	Reason   string   `yaml:"reason"`
}

// Severity holds the lowest score of each severity.
type Severity struct {
	Low      Quantity `yaml:"low"`
	Medium   Quantity `yaml:"medium"`
	High     Quantity `yaml:"high"`
	Critical Quantity `yaml:"critical"`
}

// Of returns the severity of a score.
func (s Severity) Of(score float64) finding.Severity {
	switch {
	case score >= s.Critical.Value:
		return finding.Critical
	case score >= s.High.Value:
		return finding.High
	case score >= s.Medium.Value:
		return finding.Medium
	case score >= s.Low.Value:
		return finding.Low
	}
	return finding.Info
}

// FamilyCaps bounds what each family can contribute.
type FamilyCaps struct {
	Process Quantity `yaml:"process"`
	Port    Quantity `yaml:"port"`
	Volume  Quantity `yaml:"volume"`
	Timing  Quantity `yaml:"timing"`
	Content Quantity `yaml:"content"`
}

// Of returns the cap of a family.
func (c FamilyCaps) Of(f finding.Family) float64 {
	switch f {
	case finding.FamilyProcess:
		return c.Process.Value
	case finding.FamilyPort:
		return c.Port.Value
	case finding.FamilyVolume:
		return c.Volume.Value
	case finding.FamilyTiming:
		return c.Timing.Value
	}
	return c.Content.Value
}

// An Adjustment is an expected use, which lowers a score, or an exclusion, which takes a finding out of the ranking.
type Adjustment struct {
	Name    string  `yaml:"name"`
	Match   Match   `yaml:"match"`
	Factor  float64 `yaml:"factor"`
	Reason  string  `yaml:"reason"`
	Owner   string  `yaml:"owner"`
	Expires string  `yaml:"expires"` // YYYY-MM-DD, the last day on which it applies
}

// A Match says what an adjustment applies to. Every field that is set must fit; an empty Match fits nothing.
type Match struct {
	Hosts      []string `yaml:"hosts,omitempty"`      // names without domain; "*" stands for any characters
	Programs   []string `yaml:"programs,omitempty"`   // base names
	Folders    []string `yaml:"folders,omitempty"`    // as Folder.Path
	Services   []string `yaml:"services,omitempty"`   // service group or service of svchost.exe
	Peers      []string `yaml:"peers,omitempty"`      // addresses, prefixes ("10.0.0.0/8"), "link-local", "local", or names with all below them ("example.com")
	Ports      []uint16 `yaml:"ports,omitempty"`      // service ports
	Transports []string `yaml:"transports,omitempty"` // "tcp", "udp"
	Protocols  []string `yaml:"protocols,omitempty"`  // confirmed by content
	Direction  string   `yaml:"direction,omitempty"`  // "out", "in"
}

//go:embed default.yaml
var defaultYAML []byte

// Default returns the built-in policy.
func Default() *Policy {
	p, err := decode(defaultYAML, new(Policy))
	if err != nil {
		panic("policy: built-in default.yaml: " + err.Error())
	}
	p.source, p.isDefault = "built in", true
	return p
}
