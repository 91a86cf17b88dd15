package cases

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
	"github.com/wirewitness/wirewitness/samples/generate/world"
)

// Write makes every case again under a folder, with MANIFEST and expect.json beside them.
func Write(folder string) error {
	manifest := bytes.NewBufferString(preamble)
	expects := map[string]Expect{}
	for _, c := range All {
		files := c.Build()
		for _, f := range files {
			if err := writeFile(filepath.Join(folder, c.Name, f.Name), f.Data); err != nil {
				return err
			}
		}
		describe(manifest, c, files)
		expects[c.Name] = c.Expect
	}
	if err := writeFile(filepath.Join(folder, "MANIFEST"), manifest.Bytes()); err != nil {
		return err
	}
	text, err := json.MarshalIndent(expects, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(folder, "expect.json"), append(text, '\n'))
}

const preamble = `Samples of wirewitness
======================

Every file below is made by "go run ./samples/generate", the same bytes on every run; a test makes them again and compares.
Nothing in them was recorded from a real network. Names and addresses are those for documentation. Event logs are written by
samples/generate/evtxfile, packets by samples/generate/wire. What clients and servers say in the packets was recorded from
the programs named below by samples/generate/record/record.sh; the transcripts are in samples/generate/transcript/recorded.
Of bulk only the first bytes of each direction of a connection are kept, 6 to 12 KB; the frames after them are cut to their
headers and know their true length.
What must be found in each case stands here for people and in expect.json for the test.
The captures in traffic are another matter: recordings of real programs between network namespaces, which cannot be made again
byte for byte. samples/traffic/record made them; traffic/MANIFEST gives their origin and SHA-256, which a test compares.
`

// describe adds a case to the manifest: what it is, what must be found, and size and SHA-256 of its files.
func describe(out *bytes.Buffer, c Case, files []File) {
	fmt.Fprintf(out, "\n%s\n%s\n", c.Name, strings.Repeat("-", len(c.Name)))
	fmt.Fprintf(out, "made:    %s\n", c.Made)
	fmt.Fprintf(out, "expect:  %s\n", c.Expect.Statement)
	for _, f := range files {
		fmt.Fprintf(out, "%x  %7d  %s\n", sha256.Sum256(f.Data), len(f.Data), filepath.ToSlash(filepath.Join(c.Name, f.Name)))
	}
}

func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}

// eventLogs returns the event log files of a host, in a folder named after it.
func eventLogs(h *world.Host) []File {
	var files []File
	for _, channel := range world.Channels {
		events := h.Events(channel)
		if len(events) == 0 {
			continue
		}
		data, err := evtxfile.File(events)
		if err != nil {
			panic(err)
		}
		name := strings.ReplaceAll(channel, "/", "%4") + ".evtx"
		files = append(files, File{h.Name + "/" + name, data})
	}
	return files
}
