package world

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
)

// JSON returns the events of all channels as JSON lines in the shape that evtx_dump writes, one channel after the other.
//
// Shape: https://github.com/omerbenamram/evtx
func (h *Host) JSON() []byte {
	var out []byte
	for _, channel := range Channels {
		for _, e := range h.Events(channel) {
			line, err := json.Marshal(object{"Event": object{"System": systemObject(e), "EventData": dataObject(e.Data)}})
			if err != nil {
				panic(err)
			}
			out = append(append(out, line...), '\n')
		}
	}
	return out
}

// An object is written with its keys in alphabetical order: where the order carries meaning there is none in JSON.
type object map[string]any

func attributes(o object) object { return object{"#attributes": o} }

func systemObject(e evtxfile.Event) object {
	security := any(nil)
	if e.UserSID != "" {
		security = attributes(object{"UserID": e.UserSID})
	}
	return object{
		"Provider":      attributes(object{"Name": e.Provider, "Guid": e.GUID}),
		"EventID":       e.ID,
		"Version":       e.Version,
		"Level":         e.Level,
		"Task":          e.Task,
		"Opcode":        e.Opcode,
		"Keywords":      fmt.Sprintf("%#x", e.Keywords),
		"TimeCreated":   attributes(object{"SystemTime": e.Time.Format("2006-01-02T15:04:05.000000Z")}),
		"EventRecordID": e.RecordID,
		"Correlation":   nil,
		"Execution":     attributes(object{"ProcessID": e.PID, "ThreadID": e.TID}),
		"Channel":       e.Channel,
		"Computer":      e.Computer,
		"Security":      security,
	}
}

func dataObject(data []evtxfile.Data) object {
	o := object{}
	for _, d := range data {
		switch v := d.Value.(type) {
		case evtxfile.HexInt32:
			o[d.Name] = fmt.Sprintf("%#x", uint32(v))
		case evtxfile.HexInt64:
			o[d.Name] = fmt.Sprintf("%#x", uint64(v))
		case evtxfile.GUID:
			o[d.Name] = string(v)[1 : len(v)-1]
		case evtxfile.FileTime:
			o[d.Name] = time.Time(v).Format(time.RFC3339Nano)
		default:
			o[d.Name] = v
		}
	}
	return o
}
