package detect

import (
	"testing"
	"time"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	system32   = `C:\Windows\System32\`
	powershell = system32 + `WindowsPowerShell\v1.0\powershell.exe`
	ordinary   = `C:\Program Files\Maker\client.exe`
	outside    = "203.0.113.7:443"
)

func commandLineIs(line string) func(*correlate.Process) {
	return func(p *correlate.Process) { p.CommandLine = line }
}

func childOf(parent *correlate.Process) func(*correlate.Process) {
	return func(p *correlate.Process) { p.Parent = parent }
}

func TestUnusual(t *testing.T) {
	rows(t, unusual, []row{
		{"no network function", "an editor does not connect", func(s *scene) { s.link(s.process(system32+"notepad.exe"), outside) }, 50},
		{"script host", "the connection belongs to the code it was given", func(s *scene) { s.link(s.process(system32+"rundll32.exe"), outside) }, 45},
		{"Office over HTTPS", "Office fetches content and licences", func(s *scene) { s.link(s.process(`C:\Program Files\Office\winword.exe`), outside) }, 0},
		{"Office on another port", "nothing of Office's speaks there", func(s *scene) { s.link(s.process(`C:\Program Files\Office\winword.exe`), "203.0.113.7:4000") }, 20},
		{"by original name", "a renamed interpreter is still one", func(s *scene) {
			s.link(s.process(`C:\Program Files\Maker\helper.exe`, func(p *correlate.Process) { p.OriginalName = "PowerShell.EXE" }), outside)
		}, 40},
		{"ordinary program", "nothing is odd about it", func(s *scene) { s.link(s.process(ordinary), outside) }, 0},
		{"unknown process", "nothing is known", func(s *scene) { s.link(nil, outside) }, 0},
	})
}

func TestFolder(t *testing.T) {
	rows(t, folder, []row{
		{"temp", "unpacked and run", func(s *scene) { s.link(s.process(`C:\Users\ann\AppData\Local\Temp\x\setup.exe`), outside) }, 45},
		{"device path", "the same folder as the filtering platform writes it", func(s *scene) { s.link(s.process(`\device\harddiskvolume3\users\ann\downloads\x.exe`), outside) }, 45},
		{"root of the drive", "nothing is installed there", func(s *scene) { s.link(s.process(`D:\tool.exe`), outside) }, 35},
		{"program files", "takes an administrator", func(s *scene) { s.link(s.process(ordinary), outside) }, 0},
		{"kernel", "System has no folder", func(s *scene) { s.link(s.process("System"), outside) }, 0},
	})
}

func TestMasquerade(t *testing.T) {
	rows(t, masquerade, []row{
		{"system name elsewhere", "svchost.exe lives in System32 only", func(s *scene) { s.link(s.process(`C:\ProgramData\svchost.exe`), outside) }, 50},
		{"two extensions", "looks like a document", func(s *scene) { s.link(s.process(`C:\Docs\invoice.pdf.exe`), outside) }, 45},
		{"renamed interpreter", "says of itself what it is", func(s *scene) {
			s.link(s.process(`C:\Program Files\Maker\helper.exe`, func(p *correlate.Process) { p.OriginalName = "wscript.exe" }), outside)
		}, 50},
		{"resource suffix", "Windows' own files state NAME.EXE.MUI", func(s *scene) {
			s.link(s.process(system32+"rundll32.exe", func(p *correlate.Process) { p.OriginalName = "RUNDLL32.EXE.MUI" }), outside)
		}, 0},
		{"harmless other name", "vendors rename their own programs", func(s *scene) {
			s.link(s.process(ordinary, func(p *correlate.Process) { p.OriginalName = "launcher.exe" }), outside)
		}, 0},
	})
}

func TestStranger(t *testing.T) {
	anonymous := func(p *correlate.Process) { p.Company, p.Product, p.Description = "", "-", "" }
	rows(t, stranger, []row{
		{"no version data", "vendors fill it in", func(s *scene) { s.process(ordinary); s.link(s.process(`C:\Tools\x\x.exe`, anonymous), outside) }, 30},
		{"in a system folder", "only Windows puts programs there", func(s *scene) { s.process(ordinary); s.link(s.process(system32+"updatehost.exe", anonymous), outside) }, 40},
		{"driver store", "drivers bring programs of other makers", func(s *scene) {
			s.link(s.process(system32+`DriverStore\FileRepository\x\gfx.exe`), outside)
		}, 0},
		{"log without version data", "older Sysmon states none for anybody", func(s *scene) { s.link(s.process(`C:\Tools\x\x.exe`, anonymous), outside) }, 0},
		{"start not seen", "nothing was stated", func(s *scene) {
			s.process(ordinary)
			s.link(s.process(`C:\Tools\x\x.exe`, anonymous, func(p *correlate.Process) { p.Hashes = "" }), outside)
		}, 0},
	})
}

func TestCommandLine(t *testing.T) {
	rows(t, commandLine, []row{
		// 40 encoded + 20/2 hidden window
		{"encoded and hidden", "the usual launcher", func(s *scene) {
			s.link(s.process(powershell, commandLineIs(`powershell.exe -NoP -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoA`)), outside)
		}, 50},
		{"script from an address", "given code from the network", func(s *scene) {
			s.link(s.process(system32+"mshta.exe", commandLineIs(`mshta.exe https://files.example/a`)), outside)
		}, 40},
		{"forwarded port", "carries other connections", func(s *scene) {
			s.link(s.process(ordinary, commandLineIs(`client.exe -N -R 13389:127.0.0.1:3389 ann@203.0.113.7`)), outside)
		}, 35},
		{"error action", "-ErrorAction is no -EncodedCommand", func(s *scene) {
			s.link(s.process(powershell, commandLineIs(`powershell.exe -ErrorAction SilentlyContinue -File C:\Scripts\inventory.ps1`)), outside)
		}, 0},
		{"browser with an address", "browsers are given addresses", func(s *scene) {
			s.link(s.process(`C:\Program Files\Browser\browser.exe`, commandLineIs(`browser.exe https://www.example/`)), outside)
		}, 0},
	})
}

func TestNoArguments(t *testing.T) {
	rows(t, noArguments, []row{
		{"bare", "nothing to load", func(s *scene) {
			s.link(s.process(system32+"rundll32.exe", commandLineIs(`"C:\Windows\System32\rundll32.exe"`)), outside)
		}, 45},
		{"bare without quotes", "the same", func(s *scene) {
			s.link(s.process(system32+"regsvr32.exe", commandLineIs(`C:\Windows\System32\regsvr32.exe `)), outside)
		}, 45},
		{"with arguments", "has something to load", func(s *scene) {
			s.link(s.process(system32+"rundll32.exe", commandLineIs(`rundll32.exe shell32.dll,Control_RunDLL`)), outside)
		}, 0},
		{"not known", "an unknown command line is not an empty one", func(s *scene) { s.link(s.process(system32+"rundll32.exe", commandLineIs("")), outside) }, 0},
		{"other program", "needs none", func(s *scene) { s.link(s.process(ordinary, commandLineIs(ordinary)), outside) }, 0},
	})
}

func TestOddParent(t *testing.T) {
	rows(t, oddParent, []row{
		{"document", "a macro", func(s *scene) {
			s.link(s.process(powershell, childOf(s.process(`C:\Program Files\Office\winword.exe`))), outside)
		}, 45},
		{"named by the start event only", "the parent ran before the log began", func(s *scene) {
			s.link(s.process(`C:\Tools\x.exe`, func(p *correlate.Process) { p.ParentImage = system32 + `wbem\WmiPrvSE.exe` }), outside)
		}, 35},
		{"console", "people start PowerShell from Explorer", func(s *scene) { s.link(s.process(powershell, childOf(s.process(`C:\Windows\explorer.exe`))), outside) }, 0},
	})
}

func TestAncestor(t *testing.T) {
	rows(t, ancestor, []row{
		{"grandparent in Downloads", "the command acts for what was downloaded", func(s *scene) {
			top := s.process(`C:\Users\ann\Downloads\tool.exe`)
			s.link(s.process(system32+"schtasks.exe", childOf(s.process(system32+"cmd.exe", childOf(top)))), "10.1.0.9:135")
		}, 30},
		{"hidden script", "the script above it hides", func(s *scene) {
			top := s.process(powershell, commandLineIs(`powershell -w hidden -c x`))
			s.link(s.process(system32+"sc.exe", childOf(top)), "10.1.0.9:135")
		}, 35},
		{"typed by a person", "cmd.exe under Explorer is where people type", func(s *scene) {
			s.link(s.process(system32+"sc.exe", childOf(s.process(system32+"cmd.exe", childOf(s.process(`C:\Windows\explorer.exe`))))), "10.1.0.9:135")
		}, 0},
		{"ring", "reused PIDs can make a ring of parents", func(s *scene) {
			a, b := s.process(system32+"sc.exe"), s.process(system32+"cmd.exe")
			a.Parent, b.Parent = b, a
			s.link(a, "10.1.0.9:135")
		}, 0},
	})
}

// reach adds an access of one process to another.
func (s *scene) reach(from, to *correlate.Process, kind evidence.AccessKind, granted uint32, trace string) {
	var log evidence.Batch
	log.Access(evidence.Access{Header: evidence.Header{Ref: s.ref("sysmon.evtx")}, Kind: kind, Granted: granted, CallTrace: trace,
		Source: evidence.Program{Image: from.Image, PID: from.PID}, Target: evidence.Program{Image: to.Image, PID: to.PID}})
	s.c.Accesses = append(s.c.Accesses, &correlate.Access{KeptAccess: log.Accesses[0], Host: s.host, Source: from, Target: to, At: s.now})
}

const (
	unbacked = `C:\Windows\SYSTEM32\ntdll.dll+9c524|UNKNOWN(000001E2A3B40000)`
	backed   = `C:\Windows\SYSTEM32\ntdll.dll+9c524|C:\Program Files\Maker\engine.dll+100`
)

func TestInjected(t *testing.T) {
	rows(t, injected, []row{
		{"remote thread", "somebody else's code runs in it", func(s *scene) {
			p := s.process(ordinary)
			s.reach(s.process(`C:\Tools\x.exe`), p, evidence.RemoteThread, 0, "")
			s.link(p, outside)
		}, 45},
		{"written into", "from memory that no file backs", func(s *scene) {
			p := s.process(ordinary)
			s.reach(s.process(`C:\Tools\x.exe`), p, evidence.Opened, 0x143a, unbacked)
			s.link(p, outside)
		}, 35},
		{"after the last connection", "cannot have caused it", func(s *scene) {
			p := s.process(ordinary)
			s.link(p, outside)
			s.now = s.now.Add(time.Minute)
			s.reach(s.process(`C:\Tools\x.exe`), p, evidence.RemoteThread, 0, "")
		}, 0},
		{"security product", "calls from its own module", func(s *scene) {
			p := s.process(ordinary)
			s.reach(s.process(`C:\Program Files\Maker\guard.exe`), p, evidence.Opened, 0x143a, backed)
			s.link(p, outside)
		}, 0},
		{"by its parent", "every parent opens its child at birth", func(s *scene) {
			parent := s.process(`C:\Tools\x.exe`)
			p := s.process(ordinary, childOf(parent))
			s.reach(parent, p, evidence.Opened, 0x143a, unbacked)
			s.link(p, outside)
		}, 0},
	})
}

func TestReaching(t *testing.T) {
	rows(t, reaching, []row{
		{"reads lsass", "that memory holds credentials", func(s *scene) {
			p := s.process(ordinary)
			s.reach(p, s.process(system32+"lsass.exe"), evidence.Opened, 0x1410, unbacked)
			s.link(p, outside)
		}, 40},
		{"asks lsass for its state", "without the right to read", func(s *scene) {
			p := s.process(ordinary)
			s.reach(p, s.process(system32+"lsass.exe"), evidence.Opened, 0x1000, unbacked)
			s.link(p, outside)
		}, 0},
	})
}

func TestCommands(t *testing.T) {
	rows(t, commands, []row{
		// 35 + 5 for the second kind of command
		{"through a shell", "asks who and where it is", func(s *scene) {
			p := s.process(ordinary)
			shell := s.process(system32+"cmd.exe", childOf(p))
			s.process(system32+"whoami.exe", childOf(shell))
			s.process(system32+"ipconfig.exe", childOf(shell))
			s.link(p, outside)
		}, 40},
		{"by PID", "the parent's start was not logged, its PID and image are named", func(s *scene) {
			p := s.process(ordinary)
			s.process(system32+"whoami.exe", func(k *correlate.Process) { k.ParentPID, k.ParentImage = p.PID, p.Image })
			s.link(p, outside)
		}, 35},
		{"other children", "programs start helpers", func(s *scene) {
			p := s.process(ordinary)
			s.process(`C:\Program Files\Maker\helper.exe`, childOf(p))
			s.link(p, outside)
		}, 0},
	})
}
