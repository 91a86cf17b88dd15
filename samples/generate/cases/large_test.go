package cases

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/evtx"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
	"github.com/wirewitness/wirewitness/parsers/pcap"
	"github.com/wirewitness/wirewitness/parsers/suricata"
	"github.com/wirewitness/wirewitness/parsers/zeek"
)

// TestLarge: an office leaves the same bytes twice, its files can be read wholly, and the hosts that keep a log
// name the connections that the capture shows of them.
func TestLarge(t *testing.T) {
	l := Large{Hosts: 4, Flows: 600, Logged: 0.5}
	folder, again := t.TempDir(), t.TempDir()
	made, err := l.Write(folder)
	if err != nil {
		t.Fatal(err)
	}
	if other, err := l.Write(again); err != nil || other != made {
		t.Fatalf("%v, and then %v, %v", made, other, err)
	}
	capture := parse(t, pcap.Format, folder, again, "sensor.pcap")
	if len(capture.Conns) != made.Flows || capture.Captures[0].Frames != uint64(made.Packets) || made.Flows < l.Flows {
		t.Errorf("%d connections in %d frames; made %v", len(capture.Conns), capture.Captures[0].Frames, made)
	}
	events, stated := 0, map[[2]string]bool{}
	for _, name := range []string{"WS-0000.evtx", "WS-0001.evtx"} {
		log := parse(t, evtx.Format, folder, again, name)
		events += int(log.Records())
		for _, s := range log.Sockets.All() {
			stated[[2]string{s.Src().String(), s.Dst().String()}] = true
		}
	}
	if events != made.Events || made.Logs != 2 {
		t.Errorf("%d events; made %v", events, made)
	}
	claimed := 0
	for _, c := range capture.Conns {
		if stated[[2]string{c.Orig.String(), c.Resp.String()}] {
			claimed++
		}
	}
	if share := float64(claimed) / float64(made.Flows); share < 0.4 || share > 0.7 {
		t.Errorf("%d of %d connections are claimed", claimed, made.Flows)
	}
}

// TestNetwork: the log of a server can be read wholly, and its connections are as many as were made, from ports of their own.
func TestNetwork(t *testing.T) {
	for _, sysmon := range []bool{false, true} {
		folder, again := t.TempDir(), t.TempDir()
		var made Talk
		for _, to := range []string{folder, again} {
			f, err := os.Create(filepath.Join(to, "log.evtx"))
			if err != nil {
				t.Fatal(err)
			}
			if made, err = (Network{Bytes: 300_000, Sysmon: sysmon}).Write(f); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
		log := parse(t, evtx.Format, folder, again, "log.evtx")
		ports, connections := map[uint16]bool{}, 0
		for _, s := range log.Sockets.All() {
			if s.Kind() == evidence.Connect {
				connections++
				ports[s.Src().Port()] = true
			}
		}
		if connections != made.Connections || len(ports) != connections || int(log.Records()) != made.Events || sysmon != (len(log.Lookups) > 0) {
			t.Errorf("%d connections from %d ports in %d records, %d look-ups; made %v", connections, len(ports), log.Records(), len(log.Lookups), made)
		}
	}
}

func parse(t *testing.T, f parsers.Format, folder, again, name string) *evidence.Batch {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	if other, err := os.ReadFile(filepath.Join(again, name)); err != nil || !bytes.Equal(data, other) {
		t.Errorf("%s: not the same bytes twice, %v", name, err)
	}
	b, err := parsertest.Parse(t.Context(), f, data)
	if err != nil || b.Problems.Total > 0 {
		t.Fatalf("%s: %d problems, %v", name, b.Problems.Total, err)
	}
	return b
}

// TestSensor: the logs of a sensor can be read wholly, and their connections are as many as were made.
func TestSensor(t *testing.T) {
	for shape, format := range map[string]parsers.Format{"tsv": zeek.Format, "json": zeek.Format, "eve": suricata.Format} {
		folder, again := t.TempDir(), t.TempDir()
		var made Watch
		for _, to := range []string{folder, again} {
			var err error
			if made, err = (Sensor{Connections: 300, Shape: shape}).Write(to); err != nil {
				t.Fatal(err)
			}
		}
		files, err := filepath.Glob(filepath.Join(folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		conns, apps, lines := 0, 0, uint64(0)
		for _, name := range files {
			b := parse(t, format, folder, again, filepath.Base(name))
			conns, apps, lines = conns+len(b.Conns), apps+len(b.Apps), lines+b.Records()
		}
		if conns != made.Connections || lines != uint64(made.Lines) || conns+apps != made.Lines {
			t.Errorf("%s: %d connections, %d records of content in %d lines; made %v", shape, conns, apps, lines, made)
		}
	}
}
