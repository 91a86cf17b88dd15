package parsertest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An Input is one file of a case of the recordings: stored as it is, or in an archive.
type Input struct{ File, Archive, Member string }

// Read returns the content of the file.
func (in Input) Read(t testing.TB, root string) []byte {
	t.Helper()
	read := func() ([]byte, error) { return os.ReadFile(filepath.Join(root, in.File)) }
	switch {
	case strings.HasSuffix(in.Archive, ".zip"):
		read = func() ([]byte, error) { return unzip(filepath.Join(root, in.Archive), in.Member) }
	case in.Archive != "":
		read = func() ([]byte, error) { return untar(filepath.Join(root, in.Archive), in.Member) }
	}
	data, err := read()
	if err != nil {
		t.Fatalf("%s %s: %v", in.Archive, in.Member+in.File, err)
	}
	return data
}

func unzip(archive, member string) ([]byte, error) {
	z, err := zip.OpenReader(archive)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	f, err := z.Open(member)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(f)
}

func untar(archive, member string) ([]byte, error) {
	packed, err := os.ReadFile(archive)
	if err != nil {
		return nil, err
	}
	g, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	for r := tar.NewReader(g); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil, os.ErrNotExist
		}
		if err != nil {
			return nil, err
		}
		if strings.TrimPrefix(h.Name, "./") == member {
			return io.ReadAll(r)
		}
	}
}

// A Truth is what the recordings say about the host logs of one case.
type Truth struct {
	Case   string
	Inputs map[string][]Input // by role: "host", "host_xml_export"
	Events struct {
		Total   uint64
		ByClass map[string]uint64 `json:"by_channel_event_id"` // "channel|event id"
	} `json:"host_events"`
	Malicious, Proxy, Benign, Unknown []Use
}

// A Use is one (host, program, direction, peer, port) with the number of events that state it.
type Use struct {
	Host, Image, Proto string
	PID                []string
	GUID               []string `json:"process_guid"`
	Remote             string   `json:"remote_ip"`
	Port               uint16   `json:"service_port"`
	Sysmon3            int      `json:"n_sysmon3"`
	Sec5156            int      `json:"n_sec5156"`
}

// Uses returns all of them, whatever they are labelled.
func (tr *Truth) Uses() []Use {
	var all []Use
	for _, list := range [][]Use{tr.Malicious, tr.Proxy, tr.Benign, tr.Unknown} {
		all = append(all, list...)
	}
	return all
}

// Truths returns the cases of a group ("paired", "host-json", "evtx") by name.
func Truths(t testing.TB, group string) []Truth {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Corpus(t), "truth", group+"__*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no truth of group %s: %v", group, err)
	}
	all := make([]Truth, len(files))
	for i, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &all[i]); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	return all
}
