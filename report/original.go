package report

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// Originals prints records as their files hold them: events of binary logs as JSON, text as it stands, with what could mislead
// escaped, bytes in hex.
func Originals(w io.Writer, all []evidence.Original) error {
	for i := range all {
		if err := original(w, &all[i]); err != nil {
			return err
		}
	}
	return nil
}

func original(w io.Writer, o *evidence.Original) error {
	var text string
	switch {
	case o.Event != nil:
		return encode(w, o.Event, "  ")
	case o.Data != nil:
		text = clean(o.Note) + "\n" + hex.Dump(o.Data)
	default:
		lines := strings.Split(strings.ReplaceAll(o.Text, "\r\n", "\n"), "\n")
		for i := range lines {
			fields := strings.Split(lines[i], "\t")
			for k := range fields {
				fields[k] = clean(fields[k])
			}
			lines[i] = strings.Join(fields, "\t")
		}
		text = strings.Join(lines, "\n") + "\n"
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("print record: %w", err)
	}
	return nil
}
