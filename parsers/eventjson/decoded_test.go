package eventjson

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers/winevent"
)

// What is remembered is what would be decoded, and no more than was meant to be.
func TestDecodedTextsAreBounded(t *testing.T) {
	var d decoded
	var all winevent.Strings
	read := func(written string) string {
		var doc document
		if err := doc.parse([]byte(written)); err != nil {
			t.Fatal(err)
		}
		return d.text(doc.root(), &all).Written()
	}
	for i := range 5000 {
		text := fmt.Sprintf(`C:\dir\%d`, i%2500) + strings.Repeat(`\a`, 1000)
		written := `"` + strings.ReplaceAll(text, `\`, `\\`) + `"`
		if i%2 == 1 {
			written = strings.ReplaceAll(written, `\\`, `\u005c`)
		}
		if got := read(written); got != text {
			t.Fatalf("%d: %.40s was read as %.40s", i, written, got)
		}
	}
	if most := mostDecoded + longestDecoded; d.held > most || len(d.known) == 0 {
		t.Errorf("%d bytes are remembered of %d texts, at most %d may be", d.held, len(d.known), most)
	}
	for written, want := range map[string]string{`"plain"`: "plain", `""`: "", `12`: "12", `true`: "true", `"\\"`: `\`} {
		if got := read(written); got != want {
			t.Errorf("%s was read as %q, want %q", written, got, want)
		}
	}
}
