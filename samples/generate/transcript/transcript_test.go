package transcript

import (
	"bytes"
	"io/fs"
	"reflect"
	"strings"
	"testing"
)

// TestRecorded reads every recording and writes it back: nothing is lost on the way.
func TestRecorded(t *testing.T) {
	names, err := fs.Glob(recorded, "recorded/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d recordings, %v", len(names), err)
	}
	for _, name := range names {
		cs := Load(strings.TrimSuffix(strings.TrimPrefix(name, "recorded/"), ".txt"))
		var out bytes.Buffer
		if err := Write(&out, nil, cs); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&out)
		if err != nil || !reflect.DeepEqual(again, cs) {
			t.Errorf("%s: not the same after writing and reading, %v", name, err)
		}
	}
}

func TestRead(t *testing.T) {
	for _, row := range []struct {
		name, text     string
		client, server int
		bad            bool
	}{
		{"bulk is known by its length", "tcp a\n> aGVsbG8=\n> *1000\n< b2s=\n", 1005, 2, false},
		{"an empty datagram is a turn", "udp\n> \n< b2s=\n", 0, 2, false},
		{"a turn needs a conversation", "> aGVsbG8=\n", 0, 0, true},
		{"neither base64 nor length", "tcp\n> ?\n", 0, 0, true},
	} {
		cs, err := Read(strings.NewReader(row.text))
		if row.bad {
			if err == nil {
				t.Errorf("%s: no error", row.name)
			}
			continue
		}
		if err != nil || len(cs) != 1 || len(cs[0].Turns) != 2 {
			t.Fatalf("%s: %v, %v", row.name, cs, err)
		}
		if client, server := cs[0].Sent(); client != row.client || server != row.server {
			t.Errorf("%s: %d and %d bytes, want %d and %d", row.name, client, server, row.client, row.server)
		}
	}
}
