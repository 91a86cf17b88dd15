package evtx

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirewitness/wirewitness/parsers"
)

func TestRender(t *testing.T) {
	log := logOf(t, dnsClient())
	in := &parsers.Input{Name: "file", Size: int64(len(log)), ReaderAt: bytes.NewReader(log)}
	event, err := Render(t.Context(), in, 3)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(event, "", " ")
	if err != nil {
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
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := Render(t.Context(), in, 6); !errors.Is(err, ErrNoRecord) {
		t.Errorf("got %v, want %v", err, ErrNoRecord)
	}
}
