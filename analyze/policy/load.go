package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// maxSize bounds a policy file; the built-in one takes a thirtieth of it.
const maxSize = 1 << 20

// maxDepth bounds nesting; the schema needs five levels.
const maxDepth = 12

// ErrTooLarge is returned for a policy file above maxSize.
var ErrTooLarge = fmt.Errorf("policy file is larger than %d bytes", maxSize)

// Load reads a policy file of the user's and lays it over the built-in policy. Name is how reports call the file.
func Load(data []byte, name string) (*Policy, error) {
	if len(data) > maxSize {
		return nil, ErrTooLarge
	}
	builtin := Default()
	p, err := decode(data, Default())
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", name, err)
	}
	p.source, p.isDefault, p.builtin = name, false, builtin
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("policy %s: %w", name, err)
	}
	return p, nil
}

// decode reads one document into p: unknown and duplicate keys, aliases and deep nesting are refused.
func decode(data []byte, p *Policy) (*Policy, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithKnownFields(), yaml.WithUniqueKeys(),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.AliasFunc(noAlias), loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		return nil, err
	}
	if err := loader.Load(p); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var second any
	if err := loader.Load(&second); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document")
	}
	return p, nil
}

// noAlias is asked at every node with the number of aliases met so far.
func noAlias(aliases, _ int) error {
	if aliases > 0 {
		return errors.New("aliases are not allowed")
	}
	return nil
}

// check refuses what decodes but makes no sense.
func (p *Policy) check() error {
	if p.Schema != Schema {
		return fmt.Errorf("schema %q is not %q", p.Schema, Schema)
	}
	for _, f := range p.FamiliesOff {
		if !known(f) {
			return fmt.Errorf("families_off: no family %q", f)
		}
	}
	for _, s := range p.CommandSigns {
		if _, err := regexp.Compile(s.Pattern); err != nil {
			return fmt.Errorf("command_line_signs: %s: %w", s.Name, err)
		}
	}
	if err := p.checkNumbers(); err != nil {
		return err
	}
	if err := p.checkLists(); err != nil {
		return err
	}
	return p.checkAdjustments()
}

// checkLists wants a reason and usable points for every entry of a list.
func (p *Policy) checkLists() error {
	for _, e := range p.entries() {
		if e.Reason == "" {
			return fmt.Errorf("%s: reason is missing", e.Key)
		}
		if !(e.points >= 0 && e.points <= 100) {
			return fmt.Errorf("%s: points %v are not between 0 and 100", e.Key, e.points)
		}
	}
	return nil
}

func known(f finding.Family) bool {
	for _, g := range finding.Families {
		if f == g {
			return true
		}
	}
	return false
}

// checkNumbers wants numbers that are finite and not negative, and a new reason beside every changed one.
func (p *Policy) checkNumbers() error {
	was := p.builtin.numbers()
	for i, n := range p.numbers() {
		if !(n.Value >= 0 && n.Value < 1e15) {
			return fmt.Errorf("%s: %v is not a usable number", n.key, n.Value)
		}
		if n.Unit == "ratio" && n.Value > 1 || n.Unit == "points" && n.Value > 100 {
			return fmt.Errorf("%s: %v is too large for a value in %s", n.key, n.Value, n.Unit)
		}
		if n.Unit != was[i].Unit {
			return fmt.Errorf("%s: unit is %q, not %q", n.key, was[i].Unit, n.Unit)
		}
		if n.Value != was[i].Value && (n.Reason == "" || n.Reason == was[i].Reason) {
			return fmt.Errorf("%s: a changed value needs a reason of its own", n.key)
		}
	}
	s := p.Severity
	if !(s.Low.Value <= s.Medium.Value && s.Medium.Value <= s.High.Value && s.High.Value <= s.Critical.Value) {
		return errors.New("severity: bounds must not fall")
	}
	return nil
}

func (p *Policy) checkAdjustments() error {
	for _, a := range p.ExpectedUses {
		if err := a.check(); err != nil {
			return fmt.Errorf("expected_uses: %w", err)
		}
	}
	for _, a := range p.Exclusions {
		if err := a.check(); err != nil {
			return fmt.Errorf("exclusions: %w", err)
		}
		if a.Factor != 0 {
			return fmt.Errorf("exclusions: %s: an exclusion has no factor; an expected use has", a.Name)
		}
	}
	return nil
}

func (a Adjustment) check() error {
	for _, f := range []struct{ key, value string }{{"name", a.Name}, {"reason", a.Reason}, {"owner", a.Owner}, {"expires", a.Expires}} {
		if f.value == "" {
			return fmt.Errorf("%s: %s is missing", a.Name, f.key)
		}
	}
	if _, err := time.Parse(time.DateOnly, a.Expires); err != nil {
		return fmt.Errorf("%s: expires: %w", a.Name, err)
	}
	if !(a.Factor >= 0 && a.Factor <= 1) {
		return fmt.Errorf("%s: factor %v is not between 0 and 1", a.Name, a.Factor)
	}
	if err := a.Match.check(); err != nil {
		return fmt.Errorf("%s: match: %w", a.Name, err)
	}
	return nil
}
