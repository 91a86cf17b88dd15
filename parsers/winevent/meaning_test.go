package winevent

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// row is one event and what it must mean; the header of the observation is left out of the comparison.
type row struct {
	name     string // what it shows
	provider string
	id       uint32
	data     Values
	pid      uint32 // System/Execution
	message  string
	want     any
}

var rows = []row{
	{
		name:     "a start carries both processes",
		provider: sysmon, id: 1,
		data: Values{
			{"UtcTime", "2021-03-04 05:06:07.891"}, {"ProcessGuid", "{A1B2C3D4-0000-1111-2222-333344445555}"}, {"ProcessId", "4242"},
			{"Image", `C:\Windows\System32\cmd.exe`}, {"Company", "Microsoft Corporation"}, {"OriginalFileName", "Cmd.Exe"},
			{"CommandLine", `cmd /c ver`}, {"CurrentDirectory", `C:\`}, {"User", `LAB\ann`}, {"LogonId", "0x3E7"},
			{"IntegrityLevel", "High"}, {"Hashes", "SHA256=00"}, {"ParentProcessGuid", "{a1b2c3d4-0000-1111-2222-333344445556}"},
			{"ParentProcessId", "100"}, {"ParentImage", `C:\Windows\explorer.exe`}, {"ParentCommandLine", "explorer"}, {"ParentUser", "-"},
		},
		want: evidence.Process{
			Program: evidence.Program{EntityID: guid("a1b2c3d4-0000-1111-2222-333344445555"), PID: 4242,
				Image: `C:\Windows\System32\cmd.exe`, User: `LAB\ann`},
			CommandLine: "cmd /c ver", OriginalName: "Cmd.Exe", Company: "Microsoft Corporation",
			Hashes: "SHA256=00", Integrity: "High", ParentLine: "explorer",
			Parent: evidence.Program{EntityID: guid("a1b2c3d4-0000-1111-2222-333344445556"), PID: 100, Image: `C:\Windows\explorer.exe`},
		},
	},
	{
		name:     "an unknown process keeps its PID and nothing made up",
		provider: sysmon, id: 3,
		data: Values{
			{"ProcessGuid", "{00000000-0000-0000-0000-000000000000}"}, {"ProcessId", "77"}, {"Image", "&lt;unknown process&gt;"},
			{"User", "-"}, {"Protocol", "tcp"}, {"Initiated", "true"}, {"SourceIp", "192.0.2.5"}, {"SourcePort", "50000"},
			{"DestinationIp", "0:0:0:0:0:ffff:c000:0207"}, {"DestinationPort", "443"}, {"SourceHostname", "-"}, {"DestinationHostname", "www.example.net"},
		},
		want: evidence.Socket{
			Program: evidence.Program{PID: 77}, Kind: evidence.Connect, Transport: evidence.TCP,
			Src: netip.MustParseAddrPort("192.0.2.5:50000"), Dst: netip.MustParseAddrPort("192.0.2.7:443"),
			DstHost: "www.example.net", Initiated: evidence.Yes,
		},
	},
	{
		name:     "a connection without ProcessId, but with a message, has the PID of the message",
		provider: sysmon, id: 3,
		message: "Network connection detected:\r\nRuleName: \r\nProcessGuid: {x}\r\nProcessId: 3236\r\nImage: C:\\a.exe\r\nProcessId: 1\r\n",
		data: Values{{"Image", `C:\a.exe`}, {"Protocol", "udp"}, {"Initiated", "false"}, {"SourceIp", "fe80::1%12"}, {"SourcePort", "5353"},
			{"DestinationIp", "ff02::fb"}, {"DestinationPort", "5353"}},
		want: evidence.Socket{
			Program: evidence.Program{PID: 3236, Image: `C:\a.exe`}, Kind: evidence.Connect, Transport: evidence.UDP,
			Src: netip.MustParseAddrPort("[fe80::1]:5353"), Dst: netip.MustParseAddrPort("[ff02::fb]:5353"), Initiated: evidence.No,
		},
	},
	{
		name:     "what is not stated stays open",
		provider: sysmon, id: 3,
		data: Values{{"Image", "-"}},
		want: evidence.Socket{Kind: evidence.Connect},
	},
	{
		name:     "an end",
		provider: sysmon, id: 5,
		data: Values{{"ProcessId", "9"}, {"Image", "<unknown process>"}, {"User", `LAB\ann`}},
		want: evidence.Exit{Program: evidence.Program{PID: 9, User: `LAB\ann`}},
	},
	{
		name:     "a remote thread that starts outside any module",
		provider: sysmon, id: 8,
		data: Values{{"SourceProcessGuid", "{a1b2c3d4-0000-1111-2222-00000000000a}"}, {"SourceProcessId", "1"}, {"SourceImage", "a"}, {"TargetProcessGuid", "{a1b2c3d4-0000-1111-2222-00000000000b}"},
			{"TargetProcessId", "2"}, {"TargetImage", "b"}, {"StartModule", "-"}},
		want: evidence.Access{Kind: evidence.RemoteThread, Source: evidence.Program{EntityID: guid("a1b2c3d4-0000-1111-2222-00000000000a"), PID: 1, Image: "a"},
			Target: evidence.Program{EntityID: guid("a1b2c3d4-0000-1111-2222-00000000000b"), PID: 2, Image: "b"}},
	},
	{
		name:     "event 10 spells GUID in capitals",
		provider: sysmon, id: 10,
		data: Values{{"SourceProcessGUID", "{A1B2C3D4-0000-1111-2222-00000000000A}"}, {"SourceProcessId", "1"}, {"TargetProcessGUID", "{A1B2C3D4-0000-1111-2222-00000000000B}"}, {"TargetProcessId", "2"},
			{"GrantedAccess", "0x1FFFFF"}, {"CallTrace", "x|y"}, {"SourceUser", "u"}},
		want: evidence.Access{Kind: evidence.Opened, Source: evidence.Program{EntityID: guid("a1b2c3d4-0000-1111-2222-00000000000a"), PID: 1, User: "u"},
			Target: evidence.Program{EntityID: guid("a1b2c3d4-0000-1111-2222-00000000000b"), PID: 2}, Granted: 0x1fffff, CallTrace: "x|y"},
	},
	{
		name:     "results mix aliases, mapped and plain addresses",
		provider: sysmon, id: 22,
		data: Values{{"ProcessId", "5"}, {"QueryName", "www.example.com."}, {"QueryStatus", "0"},
			{"QueryResults", "type:  5 cdn.example.net;type: 28 2001:db8::9;::ffff:192.0.2.4;198.51.100.7;garbage;"}},
		want: evidence.Lookup{Program: evidence.Program{PID: 5}, Name: "www.example.com", Aliases: []string{"cdn.example.net"},
			Answers: []netip.Addr{netip.MustParseAddr("2001:db8::9"), netip.MustParseAddr("192.0.2.4"), netip.MustParseAddr("198.51.100.7")}},
	},
	{
		name:     "a failed query has no results",
		provider: sysmon, id: 22,
		data: Values{{"QueryName", "no.example.com"}, {"QueryStatus", "9003"}, {"QueryResults", "-"}},
		want: evidence.Lookup{Name: "no.example.com", Status: 9003},
	},
	{
		name:     "PIDs are hexadecimal and ProcessId is the creator",
		provider: security, id: 4688,
		data: Values{{"SubjectUserName", "WS1$"}, {"SubjectDomainName", "LAB"}, {"SubjectLogonId", "0x00000000000003e7"}, {"NewProcessId", "0x1e70"},
			{"NewProcessName", `C:\Windows\System32\reg.exe`}, {"ProcessId", "0x154c"}, {"CommandLine", "reg query"},
			{"TargetUserName", "-"}, {"TargetDomainName", "-"}, {"TargetLogonId", "0x0"}, {"ParentProcessName", `C:\p.exe`}, {"MandatoryLabel", "S-1-16-12288"}},
		want: evidence.Process{Program: evidence.Program{PID: 0x1e70, Image: `C:\Windows\System32\reg.exe`, User: `LAB\WS1$`},
			CommandLine: "reg query", Integrity: "High",
			Parent: evidence.Program{PID: 0x154c, Image: `C:\p.exe`, User: `LAB\WS1$`}},
	},
	{
		name:     "started for somebody else: the process belongs to the target",
		provider: security, id: 4688,
		data: Values{{"SubjectUserName", "a"}, {"SubjectDomainName", "LAB"}, {"SubjectLogonId", "0x1"}, {"NewProcessId", "0x8"},
			{"TargetUserName", "b"}, {"TargetDomainName", "LAB"}, {"TargetLogonId", "0x2"}},
		want: evidence.Process{Program: evidence.Program{PID: 8, User: `LAB\b`}, Parent: evidence.Program{User: `LAB\a`}},
	},
	{
		name:     "an end, PID in hexadecimal",
		provider: security, id: 4689,
		data: Values{{"ProcessId", "0x1b20"}, {"ProcessName", "x.exe"}, {"SubjectUserName", "a"}, {"SubjectDomainName", "-"}},
		want: evidence.Exit{Program: evidence.Program{PID: 0x1b20, Image: "x.exe", User: "a"}},
	},
	{
		name:     "a PID that only the message has kept",
		provider: security, id: 4689,
		message: "A process has exited.\r\n\r\nSubject:\r\n\tAccount Name:\t\tann\r\n\r\nProcess Information:\r\n\tProcess ID:\t0x1b20\r\n",
		want:    evidence.Exit{Program: evidence.Program{PID: 0x1b20}},
	},
	{
		name:     "a creator that only the message has kept",
		provider: security, id: 4688,
		message: "Process Information:\r\n\tNew Process ID:\t\t0x9\r\n\tCreator Process ID:\t0x154c\r\n",
		data:    Values{{"NewProcessId", "0x9"}},
		want:    evidence.Process{Program: evidence.Program{PID: 9}, Parent: evidence.Program{PID: 0x154c}},
	},
	{
		name:     "inbound, decimal PID, protocol by number",
		provider: security, id: 5156,
		data: Values{{"ProcessID", "1144"}, {"Application", `\device\harddiskvolume1\x.exe`}, {"Direction", "%%14592"},
			{"SourceAddress", "192.0.2.1"}, {"SourcePort", "123"}, {"DestAddress", "192.0.2.2"}, {"DestPort", "124"}, {"Protocol", "17"}},
		want: evidence.Socket{Program: evidence.Program{PID: 1144, Image: `\device\harddiskvolume1\x.exe`}, Kind: evidence.Connect,
			Transport: evidence.UDP, Src: netip.MustParseAddrPort("192.0.2.1:123"), Dst: netip.MustParseAddrPort("192.0.2.2:124"), Initiated: evidence.No},
	},
	{
		name:     "where message and field differ, the field was overwritten by its writer",
		provider: security, id: 5156,
		message: "The Windows Filtering Platform has permitted a connection.\r\n\r\nApplication Information:\r\n\tProcess ID:\t\t1144\r\n",
		data:    Values{{"ProcessID", "4"}, {"Direction", "Outbound"}, {"Protocol", "47"}},
		want:    evidence.Socket{Program: evidence.Program{PID: 1144}, Kind: evidence.Connect, Transport: "ip/47", Initiated: evidence.Yes},
	},
	{
		name:     "blocked",
		provider: security, id: 5157,
		data: Values{{"ProcessId", "4"}, {"Application", "System"}, {"Direction", "%%14593"}, {"Protocol", "6"}},
		want: evidence.Socket{Program: evidence.Program{PID: 4, Image: "System"}, Kind: evidence.Blocked, Transport: evidence.TCP, Initiated: evidence.Yes},
	},
	{
		name:     "a bound port has one end and no direction",
		provider: security, id: 5158,
		data: Values{{"ProcessId", "4"}, {"SourceAddress", "::"}, {"SourcePort", "445"}, {"Protocol", "6"}},
		want: evidence.Socket{Program: evidence.Program{PID: 4}, Kind: evidence.Bind, Transport: evidence.TCP, Src: netip.MustParseAddrPort("[::]:445")},
	},
	{
		name:     "the asking process is the writer of the event",
		provider: dns, id: 3006, pid: 812,
		data: Values{{"QueryName", "www.example.com"}, {"QueryType", "28"}, {"QueryOptions", "1073766400"}, {"IsNetworkQuery", "0"}},
		want: evidence.Lookup{Program: evidence.Program{PID: 812}, Name: "www.example.com", Type: 28},
	},
	{
		name:     "a completed query has results and the status of the call",
		provider: dns, id: 3008, pid: 812,
		data: Values{{"QueryName", "www.example.com"}, {"QueryType", "1"}, {"QueryStatus", "0"}, {"QueryResults", "type:  5 a.example.net;192.0.2.4;"}},
		want: evidence.Lookup{Program: evidence.Program{PID: 812}, Name: "www.example.com", Type: 1, Aliases: []string{"a.example.net"},
			Answers: []netip.Addr{netip.MustParseAddr("192.0.2.4")}},
	},
	{
		name:     "a response calls its status Status",
		provider: dns, id: 3020, pid: 1200,
		data: Values{{"QueryName", "no.example.com"}, {"QueryType", "1"}, {"NetworkIndex", "0"}, {"InterfaceIndex", "0"}, {"Status", "9003"}, {"QueryResults", ""}},
		want: evidence.Lookup{Program: evidence.Program{PID: 1200}, Name: "no.example.com", Type: 1, Status: 9003},
	},
	{
		name:     "version 1 of a response names the client the service answered",
		provider: dns, id: 3020, pid: 1200,
		data: Values{{"QueryName", "www.example.com"}, {"QueryType", "1"}, {"Status", "0"}, {"QueryResults", "192.0.2.4;"}, {"ClientPID", "812"}},
		want: evidence.Lookup{Program: evidence.Program{PID: 812}, Name: "www.example.com", Type: 1, Answers: []netip.Addr{netip.MustParseAddr("192.0.2.4")}},
	},
	{
		name:     "the Security log names its clearer in UserData",
		provider: eventlog, id: 1102,
		data: Values{{"SubjectUserSid", "S-1-5-21"}, {"SubjectUserName", "ann"}, {"SubjectDomainName", "LAB"}, {"SubjectLogonId", "0xaf855"}},
		want: evidence.Cleared{Log: "Security", User: `LAB\ann`},
	},
	{
		name:     "or only in the message",
		provider: eventlog, id: 1102,
		message: "The audit log was cleared.\r\nSubject:\r\n\tSecurity ID:\tS-1-5-21\r\n\tAccount Name:\tann\r\n\tDomain Name:\tLAB\r\n\tLogon ID:\t0xC61D9",
		want:    evidence.Cleared{Log: "Security", User: `LAB\ann`},
	},
	{
		name:     "another log, named in UserData",
		provider: eventlog, id: 104,
		data: Values{{"SubjectUserName", "ann"}, {"SubjectDomainName", "LAB"}, {"Channel", "Application"}, {"BackupPath", ""}},
		want: evidence.Cleared{Log: "Application", User: `LAB\ann`},
	},
	{
		name:     "another log, named in the message",
		provider: eventlog, id: 104,
		message: "The Windows PowerShell log file was cleared.",
		want:    evidence.Cleared{Log: "Windows PowerShell"},
	},
	{
		name:     "numbers that do not fit are no numbers",
		provider: security, id: 5158,
		data: Values{{"ProcessId", "99999999999"}, {"SourceAddress", "300.1.1.1"}, {"SourcePort", "70000"}, {"Protocol", "6"}},
		want: evidence.Socket{Kind: evidence.Bind, Transport: evidence.TCP},
	},
}

func TestMeaning(t *testing.T) {
	for _, r := range rows {
		t.Run(r.provider+" "+r.name, func(t *testing.T) {
			rec := Record{Header: evidence.Header{Provider: r.provider, EventID: r.id, RecordID: 1, Computer: "ws1"},
				ExecutionPID: r.pid, Message: r.message, Fields: r.data}
			got := one(t, &rec)
			opts := []cmp.Option{cmpopts.EquateComparable(netip.AddrPort{}, netip.Addr{}), cmpopts.IgnoreTypes(evidence.Header{})}
			if diff := cmp.Diff(r.want, got, opts...); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func guid(text string) evidence.GUID {
	g, _ := evidence.ParseGUID(text)
	return g
}

// one emits a record and returns the single observation made from it.
func one(t *testing.T, rec *Record) (got any) {
	t.Helper()
	var b evidence.Batch
	new(Emitter).Emit(rec, &b)
	if n := b.Tallies.Records; n != 1 {
		t.Fatalf("%d records reported, want 1", n)
	}
	var all []any
	for _, p := range b.Processes {
		all = append(all, p.Process())
	}
	for _, e := range b.Exits {
		all = append(all, e.Exit())
	}
	for _, a := range b.Accesses {
		all = append(all, a.Access())
	}
	for _, s := range b.Sockets.All() {
		all = append(all, s.Socket())
	}
	for _, l := range b.Lookups {
		all = append(all, l.Lookup())
	}
	for _, c := range b.Clearings {
		all = append(all, c)
	}
	if len(all) != 1 {
		t.Fatalf("%d observations, want 1", len(all))
	}
	return all[0]
}

func TestEveryClassHasARow(t *testing.T) {
	tested := map[uint32]bool{}
	for _, r := range rows {
		tested[r.id] = true
	}
	for _, c := range Classes() {
		if !tested[c.EventID] {
			t.Errorf("%s %d has no row", c.Provider, c.EventID)
		}
		r := Record{Header: evidence.Header{Provider: c.Provider, EventID: c.EventID}}
		if c.Meaning == "" || !r.Wanted() {
			t.Errorf("%s %d: meaning %q, wanted %v", c.Provider, c.EventID, c.Meaning, r.Wanted())
		}
	}
}

// TestWantedByChannel: exports that dropped the provider are read by their channel, and no id alone is enough.
func TestWantedByChannel(t *testing.T) {
	for _, c := range []struct {
		provider, channel string
		id                uint32
		want              bool
	}{
		{"", "Microsoft-Windows-Sysmon/Operational", 3, true},
		{"", "Security", 5156, true},
		{"", "Security", 1102, true},
		{"", "System", 104, true},
		{"", "Microsoft-Windows-DNS-Client/Operational", 3008, true},
		{"MICROSOFT-WINDOWS-SYSMON", "", 3, true},
		{"", "Application", 3, false},
		{"Microsoft-Windows-Hyper-V-VmSwitch", "System", 104, false},
		{"", "", 1, false},
	} {
		r := Record{Header: evidence.Header{Provider: c.provider, Channel: c.channel, EventID: c.id}}
		if got := r.Wanted(); got != c.want {
			t.Errorf("provider %q channel %q id %d: wanted %v, want %v", c.provider, c.channel, c.id, got, c.want)
		}
	}
}
