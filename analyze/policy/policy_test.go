package policy

import "testing"

func TestDefaultIsSound(t *testing.T) {
	p := Default()
	p.builtin = Default()
	if err := p.check(); err != nil {
		t.Fatal(err)
	}
	for _, n := range p.numbers() {
		if n.Reason == "" || n.Unit == "" || n.Value == 0 {
			t.Errorf("%s: value %v, unit %q, reason %q", n.key, n.Value, n.Unit, n.Reason)
		}
	}
	if _, err := p.Statement(); err != nil {
		t.Error(err)
	}
}
