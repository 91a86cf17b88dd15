package evtx

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

func TestShow(t *testing.T) {
	log := logOf(t, dnsClient())
	in := &parsers.Input{Name: "file", Size: int64(len(log)), ReaderAt: bytes.NewReader(log)}
	shown, err := show(t.Context(), in, evidence.Ref{File: "file", Unit: "record", N: 3})
	if err != nil || len(shown) != 1 {
		t.Fatal(shown, err)
	}
	var got bytes.Buffer
	if err := json.Indent(&got, shown[0].Event, "", " "); err != nil {
		t.Fatal(err)
	}
	const want = `{
 "Event": {
  "System": {
   "Provider": {
    "Name": "Microsoft-Windows-DNS-Client",
    "Guid": "{1c95126e-7eea-49a9-a3fe-a378b03ddb4d}"
   },
   "EventID": "3008",
   "Version": "0",
   "Level": "4",
   "Task": "0",
   "Opcode": "0",
   "Keywords": "0x8000000000000000",
   "TimeCreated": {
    "SystemTime": "2024-05-06T07:08:11.123456900Z"
   },
   "EventRecordID": "3",
   "Correlation": {},
   "Execution": {
    "ProcessID": "4242",
    "ThreadID": "4254"
   },
   "Channel": "Microsoft-Windows-DNS-Client/Operational",
   "Computer": "WS-07.corp.example",
   "Security": {
    "UserID": "S-1-5-21-1004336348-1177238915-682003330-1001"
   }
  },
  "EventData": {
   "QueryName": "files.example.net",
   "QueryType": "1",
   "QueryOptions": "1073766400",
   "QueryStatus": "0",
   "QueryResults": "type:  5 cdn.example.net;::ffff:203.0.113.9;"
  }
 }
}`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestShowLeftover: a record that the log no longer counts is shown by its place, not by its number.
func TestShowLeftover(t *testing.T) {
	log := forget(logOf(t, dnsClient()), 2)
	in := &parsers.Input{Name: "file", Size: int64(len(log)), ReaderAt: bytes.NewReader(log)}
	b, err := readLog(t, log)
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	for _, k := range b.Lookups {
		l := k.Header()
		if l.Recovered != evidence.Leftover {
			continue
		}
		left++
		shown, err := show(t.Context(), in, l.Ref)
		if err != nil || len(shown) != 1 || !bytes.Contains(shown[0].Event, fmt.Appendf(nil, `"EventRecordID":"%d"`, l.RecordID)) {
			t.Errorf("%v: %v, %v", l.Ref, shown, err)
		}
		if shown, err := show(t.Context(), in, evidence.Ref{Unit: "record", N: l.RecordID}); err != nil || len(shown) > 0 {
			t.Errorf("record %d: %v, %v", l.RecordID, shown, err)
		}
	}
	if left != 2 {
		t.Errorf("%d leftovers", left)
	}
}

// TestShowEveryNumber: a log that was put together of others has a number twice, and shows both.
func TestShowEveryNumber(t *testing.T) {
	log := logOf(t, dnsClient())
	log = append(log, log[fileHeaderSize:]...)
	sealHeader(log, 2)
	in := &parsers.Input{Name: "file", Size: int64(len(log)), ReaderAt: bytes.NewReader(log)}
	if shown, err := show(t.Context(), in, evidence.Ref{Unit: "record", N: 2}); err != nil || len(shown) != 2 {
		t.Error(shown, err)
	}
}
