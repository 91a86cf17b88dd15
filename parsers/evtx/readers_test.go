package evtx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/Velocidex/ordereddict"
	"github.com/google/go-cmp/cmp"
	velocidex "www.velocidex.com/golang/evtx"

	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
	"github.com/wirewitness/wirewitness/parsers/winevent"
	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
)

// A reading is what a reader makes of one record: parts of System under their names, and the data fields.
type reading map[string]string

// TestReadersAgree: what the writer of samples was told is what every reader gets back.
func TestReadersAgree(t *testing.T) {
	events := every()
	b := logOf(t, events)
	path := filepath.Join(t.TempDir(), "written.evtx")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	var want []reading
	for _, e := range events {
		want = append(want, told(e))
	}
	for name, read := range map[string]func(*testing.T) []reading{
		"this package":         func(t *testing.T) []reading { return ours(t, b, want) },
		"velocidex, untouched": func(t *testing.T) []reading { return untouched(t, b) },
		"evtxexport":           func(t *testing.T) []reading { return exported(t, run(t, "evtxexport", "-f", "xml", path)) },
		"python3-evtx":         func(t *testing.T) []reading { return exported(t, python(t, path)) },
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(coarse(want), coarse(read(t))); diff != "" {
				t.Errorf("(-written +read):\n%.4000s", diff)
			}
		})
	}
}

// TestSameAsEvtxexport compares every field of every record of the recordings. The damaged one is left out: the two
// readers find different records in it.
func TestSameAsEvtxexport(t *testing.T) {
	data := filepath.Join(parsertest.Corpus(t), "evtx")
	err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".evtx" || strings.Contains(path, "bad_chunk") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		want := exported(t, run(t, "evtxexport", "-f", "xml", path))
		if diff := cmp.Diff(want, ours(t, b, want)); diff != "" {
			t.Errorf("%s (-evtxexport +ours):\n%.2000s", filepath.Base(path), diff)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// run returns what a program prints. In CI it has to be there.
func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		missingProgram(t, name)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

func missingProgram(t *testing.T, name string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("skipped: %s is not installed", name)
}

// python prefers Debian's interpreter, for which the package is made.
func python(t *testing.T, path string) []byte {
	const dump = `
import sys
from Evtx.Evtx import Evtx
with Evtx(sys.argv[1]) as log:
    for record in log.records():
        print(record.xml())`
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(name, "-c", "import Evtx").Run() == nil {
			return run(t, name, "-c", dump, path)
		}
	}
	missingProgram(t, "python3-evtx")
	return nil
}

// same brings values to one spelling: readers write GUIDs, hexadecimal numbers and truth values their own way, and XML
// has one kind of line end.
func same(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if digits, ok := strings.CutPrefix(s, "0x"); ok && len(digits) <= 16 {
		if n, err := strconv.ParseUint(digits, 16, 64); err == nil {
			return strconv.FormatUint(n, 10)
		}
	}
	if g := strings.Trim(s, "{}"); len(g) == 36 && strings.Count(g, "-") == 4 {
		return strings.ToLower(g)
	}
	if s == "True" || s == "False" {
		return strings.ToLower(s)
	}
	return s
}

func (r reading) set(name, value string) {
	if v := same(value); v != "" {
		r[name] = v
	}
}

func instant(at time.Time) string { return at.Format("2006-01-02T15:04:05.0000000") }

// coarse cuts the times to milliseconds, which every reader gets right.
func coarse(all []reading) []reading {
	for _, r := range all {
		r["Time"] = r["Time"][:len("2006-01-02T15:04:05.000")]
	}
	return all
}

func told(e evtxfile.Event) reading {
	r := reading{}
	r.set("Provider", e.Provider)
	r.set("EventID", fmt.Sprint(e.ID))
	r.set("EventRecordID", fmt.Sprint(e.RecordID))
	r.set("Time", instant(e.Time))
	r.set("ProcessID", fmt.Sprint(e.PID))
	r.set("Channel", e.Channel)
	r.set("Computer", e.Computer)
	r.set("UserID", e.UserSID)
	for _, d := range e.Data {
		r.set("Data "+d.Name, fmt.Sprint(d.Value))
	}
	if e.UserData != nil {
		for _, c := range e.UserData.Children {
			r.set("Data "+c.Name, fmt.Sprint(c.Value))
		}
	}
	return r
}

// ours asks for the fields that the other reading has: the accessor cannot list them.
func ours(t *testing.T, b []byte, like []reading) (all []reading) {
	readBy(t, b, newCompiled(), &evidence.Batch{}, func(rec *winevent.Record) {
		r := reading{}
		r.set("Provider", rec.Provider)
		r.set("EventID", fmt.Sprint(rec.EventID))
		r.set("EventRecordID", fmt.Sprint(rec.RecordID))
		r.set("Time", instant(rec.Time()))
		r.set("ProcessID", fmt.Sprint(rec.ExecutionPID))
		r.set("Channel", rec.Channel)
		r.set("Computer", rec.Computer)
		r.set("UserID", rec.UserSID)
		if len(all) < len(like) {
			for name := range like[len(all)] {
				if field, ok := strings.CutPrefix(name, "Data "); ok {
					v, _ := rec.Fields.Field(field)
					r.set(name, v)
				}
			}
		}
		all = append(all, r)
	})
	return all
}

// untouched reads with the Velocidex reader as it is. Its hexadecimal numbers are plain ones.
func untouched(t *testing.T, b []byte) (all []reading) {
	chunks, err := velocidex.GetChunks(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chunks {
		records, err := c.Parse(0)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range records {
			event, _ := rec.Event.(*ordereddict.Dict).Get("Event")
			all = append(all, plain(event.(*ordereddict.Dict)))
		}
	}
	return all
}

func plain(event *ordereddict.Dict) reading {
	get := func(path ...string) string {
		v := values{dict: event}
		v, ok := v.at(path[:len(path)-1]...)
		if !ok {
			return ""
		}
		leaf, _ := v.dict.Get(path[len(path)-1])
		if leaf == nil {
			return ""
		}
		return fmt.Sprint(leaf)
	}
	r := reading{}
	r.set("Provider", get("System", "Provider", "Name"))
	r.set("EventID", get("System", "EventID"))
	r.set("EventRecordID", get("System", "EventRecordID"))
	seconds, _ := values{dict: event}.at("System", "TimeCreated")
	at, _ := seconds.dict.Get("SystemTime")
	r.set("Time", instant(time.UnixMicro(int64(at.(float64)*1e6)).UTC()))
	r.set("ProcessID", get("System", "Execution", "ProcessID"))
	r.set("Channel", get("System", "Channel"))
	r.set("Computer", get("System", "Computer"))
	r.set("UserID", get("System", "Security", "UserID"))
	f := fields{event: values{dict: ordereddict.NewDict().Set("Event", event)}}
	data := f.locate().dict
	for _, name := range data.Keys() {
		if v, _ := data.Get(name); v != nil && name != "xmlns" {
			r.set("Data "+name, fmt.Sprint(v))
		}
	}
	return r
}

// An element is any XML element.
type element struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Inner   []element  `xml:",any"`
	Text    string     `xml:",chardata"`
}

func (e element) child(name string) element {
	for _, c := range e.Inner {
		if c.XMLName.Local == name {
			return c
		}
	}
	return element{}
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// exported reads the Event elements a program printed one after the other.
func exported(t *testing.T, out []byte) (all []reading) {
	t.Helper()
	out = out[max(bytes.Index(out, []byte("<Event")), 0):]
	dec := xml.NewDecoder(io.MultiReader(strings.NewReader("<Events>"), bytes.NewReader(out), strings.NewReader("</Events>")))
	dec.Strict = false
	var events element
	if err := dec.Decode(&events); err != nil {
		t.Fatal(err)
	}
	for _, e := range events.Inner {
		all = append(all, parsed(e))
	}
	return all
}

func parsed(e element) reading {
	system := e.child("System")
	r := reading{}
	r.set("Provider", system.child("Provider").attr("Name"))
	r.set("EventID", system.child("EventID").Text)
	r.set("EventRecordID", system.child("EventRecordID").Text)
	at, _ := winevent.ParseStamp(system.child("TimeCreated").attr("SystemTime"), "")
	r.set("Time", instant(at.Time))
	r.set("ProcessID", system.child("Execution").attr("ProcessID"))
	if r["ProcessID"] == "" {
		r.set("ProcessID", "0")
	}
	r.set("Channel", system.child("Channel").Text)
	r.set("Computer", system.child("Computer").Text)
	r.set("UserID", system.child("Security").attr("UserID"))
	for _, d := range e.child("EventData").Inner {
		if name := d.attr("Name"); name != "" {
			r.set("Data "+name, d.Text)
		}
	}
	for _, provider := range e.child("UserData").Inner {
		for _, d := range provider.Inner {
			if len(d.Inner) == 0 {
				r.set("Data "+d.XMLName.Local, d.Text)
			}
		}
	}
	return r
}

// TestEveryType: each type that samples use is shown as evtxexport shows it. Negative numbers and characters of two units
// are left to TestText: evtxexport 20181227 shows an int8 of -7 as -121 and U+1D11E as U+1CD1F.
func TestEveryType(t *testing.T) {
	e := machine.DNSClient3006(at, tool, "", 0)
	e.Data = []evtxfile.Data{
		{Name: "absent"}, {Name: "empty", Value: ""}, {Name: "text", Value: "größe"}, {Name: "yes", Value: true}, {Name: "no", Value: false},
		{Name: "int8", Value: int8(7)}, {Name: "uint8", Value: uint8(200)}, {Name: "int16", Value: int16(30000)},
		{Name: "uint16", Value: uint16(65535)}, {Name: "int32", Value: int32(1 << 30)}, {Name: "uint32", Value: uint32(1 << 31)},
		{Name: "int64", Value: int64(1 << 62)}, {Name: "uint64", Value: uint64(1<<64 - 1)}, {Name: "bytes", Value: []byte{0, 0xff}},
		{Name: "hex32", Value: evtxfile.HexInt32(0x1410)}, {Name: "hex64", Value: evtxfile.HexInt64(1 << 63)},
		{Name: "guid", Value: evtxfile.GUID("{0b6c1c2a-7d51-6638-1a01-000000000400}")},
		{Name: "sid", Value: evtxfile.SID("S-1-5-21-1004336348-1177238915-682003330-1001")}, {Name: "time", Value: evtxfile.FileTime(at)},
	}
	b := logOf(t, []evtxfile.Event{e})
	path := filepath.Join(t.TempDir(), "types.evtx")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	want := exported(t, run(t, "evtxexport", "-f", "xml", path))
	if len(want) != 1 || len(want[0]) < len(e.Data) {
		t.Fatalf("evtxexport shows %v", want)
	}
	if diff := cmp.Diff(want, ours(t, b, want)); diff != "" {
		t.Errorf("(-evtxexport +ours):\n%s", diff)
	}
}
