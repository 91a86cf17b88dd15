package evtx

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"net/netip"
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
	"github.com/wirewitness/wirewitness/samples/generate/winlog"
)

var at = time.Date(2024, 5, 6, 7, 8, 9, 123456700, time.UTC)

var machine = winlog.Machine{Name: "WS-07.corp.example", SysmonPID: 2604, LogPID: 4}

var (
	shell = winlog.Process{
		GUID: "{0b6c1c2a-7d51-6638-1a01-000000000400}", PID: 3120, Image: `C:\Windows\explorer.exe`,
		CommandLine: `C:\Windows\Explorer.EXE`, User: `CORP\ann`,
	}
	tool = winlog.Process{
		GUID: "{0b6c1c2a-7d55-6638-2b01-000000000400}", PID: 4242, Image: `C:\Users\ann\AppData\Local\upd.exe`,
		CommandLine: `"C:\Users\ann\AppData\Local\upd.exe" -q <&>`, CurrentDirectory: `C:\Users\ann\`, User: `CORP\ann`,
		UserSID: "S-1-5-21-1004336348-1177238915-682003330-1001", LogonID: 0x4f3c1, Integrity: "Medium",
		Hashes: "SHA256=9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08", Parent: &shell,
	}
	upload = winlog.Connection{
		Protocol: "tcp", Initiated: true,
		Src: netip.MustParseAddrPort("192.0.2.7:50122"), Dst: netip.MustParseAddrPort("[2001:db8::80]:8443"),
	}
)

// tick gives each event a time of its own, in steps of 100 ns that a float64 of seconds cannot keep.
func tick(n int) time.Time { return at.Add(time.Duration(n) * 1000000100) }

func dnsClient() []evtxfile.Event {
	dnscache := winlog.Process{PID: 1876, UserSID: "S-1-5-20"}
	return []evtxfile.Event{
		machine.DNSClient3006(tick(0), tool, "files.example.net", 1),
		machine.DNSClient3020(tick(1), dnscache, "files.example.net", 1, 0, "type:  5 cdn.example.net;::ffff:203.0.113.9;"),
		machine.DNSClient3008(tick(2), tool, "files.example.net", 1, 0, "type:  5 cdn.example.net;::ffff:203.0.113.9;"),
		machine.DNSClient3006(tick(3), tool, "größe.example.net", 28),
		machine.DNSClient3008(tick(4), tool, "größe.example.net", 28, 9003, ""),
	}
}

// every is one event of each kind, often enough to fill more than one chunk.
func every() (events []evtxfile.Event) {
	for i := range 12 {
		n := 20 * i
		events = append(events,
			machine.Sysmon1(tick(n), tool),
			machine.Sysmon22(tick(n+1), tool, "files.example.net", "0", "type:  5 cdn.example.net;2001:db8::80;"),
			machine.Sysmon3(tick(n+2), tool, upload),
			machine.Sysmon8(tick(n+3), tool, shell, ""),
			machine.Sysmon10(tick(n+4), tool, shell, 0x1fffff, `C:\Windows\SYSTEM32\ntdll.dll+9d1e4|UNKNOWN(000001F4A2C6)`),
			machine.Sysmon5(tick(n+5), tool),
			machine.Security4688(tick(n+6), tool),
			machine.Security5158(tick(n+7), tool, upload),
			machine.Security5156(tick(n+8), tool, upload),
			machine.Security4689(tick(n+9), tool),
			machine.Security1102(tick(n+10), tool))
	}
	events = append(events, dnsClient()...)
	for i := range events {
		events[i].RecordID = uint64(227150 + i)
	}
	return events
}

func logOf(t testing.TB, events []evtxfile.Event) []byte {
	t.Helper()
	b, err := evtxfile.File(events)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// live makes the log look like one that was being written to: dirty, with the counts of an earlier time.
func live(b []byte) []byte {
	b = bytes.Clone(b)
	binary.LittleEndian.PutUint16(b[42:], 1)
	binary.LittleEndian.PutUint64(b[24:], 3)
	b[120] = 1
	binary.LittleEndian.PutUint32(b[124:], crc32.ChecksumIEEE(b[:120]))
	return append(b, make([]byte, 64<<10)...)
}

// all is how many events every makes.
const all = 12*11 + 5

// damaged has a wrong byte in the second record's magic and one in the third record's table of values.
func damaged(b []byte) []byte {
	b = bytes.Clone(b)
	records := places(b)
	b[records[1]] ^= 0x10
	b[records[2]+24+4+10+4+1] ^= 0x40
	return b
}

// places returns the offsets of the records of the first chunk.
func places(b []byte) (at []int) {
	end := 4096 + int(binary.LittleEndian.Uint32(b[4096+48:]))
	for p := 4096 + 512; p < end; p += int(binary.LittleEndian.Uint32(b[p+4:])) {
		at = append(at, p)
	}
	return at
}

// sealHeader makes a file header count n chunks.
func sealHeader(b []byte, n uint16) {
	binary.LittleEndian.PutUint16(b[42:], n)
	binary.LittleEndian.PutUint32(b[124:], crc32.ChecksumIEEE(b[:120]))
}
