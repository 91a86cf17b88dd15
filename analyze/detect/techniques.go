package detect

import (
	"slices"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

// Names of techniques: https://attack.mitre.org/techniques/enterprise/
var techniqueNames = map[string]string{
	"T1003":     "OS Credential Dumping",
	"T1003.006": "OS Credential Dumping: DCSync",
	"T1018":     "Remote System Discovery",
	"T1021.001": "Remote Services: Remote Desktop Protocol",
	"T1021.002": "Remote Services: SMB/Windows Admin Shares",
	"T1021.003": "Remote Services: Distributed Component Object Model",
	"T1021.004": "Remote Services: SSH",
	"T1021.006": "Remote Services: Windows Remote Management",
	"T1027":     "Obfuscated Files or Information",
	"T1036":     "Masquerading",
	"T1041":     "Exfiltration Over C2 Channel",
	"T1046":     "Network Service Discovery",
	"T1047":     "Windows Management Instrumentation",
	"T1048.002": "Exfiltration Over Asymmetric Encrypted Non-C2 Protocol",
	"T1048.003": "Exfiltration Over Unencrypted Non-C2 Protocol",
	"T1053.005": "Scheduled Task/Job: Scheduled Task",
	"T1055":     "Process Injection",
	"T1059.001": "Command and Scripting Interpreter: PowerShell",
	"T1059.003": "Command and Scripting Interpreter: Windows Command Shell",
	"T1059.005": "Command and Scripting Interpreter: Visual Basic",
	"T1059.006": "Command and Scripting Interpreter: Python",
	"T1071":     "Application Layer Protocol",
	"T1071.001": "Application Layer Protocol: Web Protocols",
	"T1071.002": "Application Layer Protocol: File Transfer Protocols",
	"T1071.004": "Application Layer Protocol: DNS",
	"T1087.002": "Account Discovery: Domain Account",
	"T1105":     "Ingress Tool Transfer",
	"T1127.001": "Trusted Developer Utilities Proxy Execution: MSBuild",
	"T1197":     "BITS Jobs",
	"T1218":     "System Binary Proxy Execution",
	"T1218.001": "System Binary Proxy Execution: Compiled HTML File",
	"T1218.003": "System Binary Proxy Execution: CMSTP",
	"T1218.004": "System Binary Proxy Execution: InstallUtil",
	"T1218.005": "System Binary Proxy Execution: Mshta",
	"T1218.007": "System Binary Proxy Execution: Msiexec",
	"T1218.008": "System Binary Proxy Execution: Odbcconf",
	"T1218.009": "System Binary Proxy Execution: Regsvcs/Regasm",
	"T1218.010": "System Binary Proxy Execution: Regsvr32",
	"T1218.011": "System Binary Proxy Execution: Rundll32",
	"T1543.003": "Create or Modify System Process: Windows Service",
	"T1546.003": "Event Triggered Execution: WMI Event Subscription",
	"T1558":     "Steal or Forge Kerberos Tickets",
	"T1571":     "Non-Standard Port",
	"T1572":     "Protocol Tunneling",
	"T1573":     "Encrypted Channel",
}

// inside is the technique of a protocol between machines of the local networks, channel that of a protocol to elsewhere.
var (
	inside = map[string]string{"smb": "T1021.002", "dce_rpc": "T1021.003", "winrm": "T1021.006", "rdp": "T1021.001", "ssh": "T1021.004",
		"kerberos": "T1558", "ldap": "T1087.002"}
	channel = map[string]string{"http": "T1071.001", "tls": "T1071.001", "quic": "T1071.001", "dns": "T1071.004", "smb": "T1071.002", "ftp": "T1071.002"}
)

// byProgram is the technique that a program of Windows stands for when it is unusual on the network.
var byProgram = map[string]string{
	"powershell.exe": "T1059.001", "pwsh.exe": "T1059.001", "powershell_ise.exe": "T1059.001", "cmd.exe": "T1059.003",
	"wscript.exe": "T1059.005", "cscript.exe": "T1059.005", "python.exe": "T1059.006", "pythonw.exe": "T1059.006",
	"rundll32.exe": "T1218.011", "regsvr32.exe": "T1218.010", "mshta.exe": "T1218.005", "msiexec.exe": "T1218.007", "cmstp.exe": "T1218.003",
	"installutil.exe": "T1218.004", "odbcconf.exe": "T1218.008", "regasm.exe": "T1218.009", "regsvcs.exe": "T1218.009", "hh.exe": "T1218.001",
	"msbuild.exe": "T1127.001", "wmic.exe": "T1047", "schtasks.exe": "T1053.005", "sc.exe": "T1543.003", "scrcons.exe": "T1546.003",
	"bitsadmin.exe": "T1197", "certutil.exe": "T1105", "curl.exe": "T1105", "desktopimgdownldr.exe": "T1105",
}

func techniques(u *Usage, f finding.Finding, c *Context) []finding.Technique {
	var ids []string
	p, how := c.spoken(u)
	switch {
	case how != "" && (p.Local || p.Manages) && c.local(u):
		ids = append(ids, inside[p.Name])
	case how != "" && channel[p.Name] != "":
		ids = append(ids, channel[p.Name])
	default:
		ids = append(ids, "T1071")
	}
	for _, d := range All {
		if has(f.Facts, d.Name) {
			ids = append(ids, d.Technique)
		}
	}
	if has(f.Facts, "port.not-its-protocol") && slices.ContainsFunc(u.said, func(s said) bool { return s.binds("drsuapi") }) {
		ids = append(ids, "T1003.006")
	}
	if has(f.Facts, "process.unusual") {
		ids = append(ids, byProgram[u.Program()])
	}
	ids = append(ids, byHypothesis(f, p.Name)...)
	return named(ids)
}

func byHypothesis(f finding.Finding, protocol string) []string {
	switch {
	case f.Hypothesis == finding.Tunnel:
		return []string{"T1572"}
	case f.Hypothesis == finding.CommandAndControl && protocol == "tls":
		return []string{"T1573"}
	case f.Hypothesis != finding.Exfiltration:
		return nil
	case has(f.Facts, "timing.regular", "content.polling"):
		return []string{"T1041"}
	case protocol == "tls" || protocol == "quic" || protocol == "ssh":
		return []string{"T1048.002"}
	}
	return []string{"T1048.003"}
}

// named gives the techniques their names, each once, in order.
func named(ids []string) []finding.Technique {
	var out []finding.Technique
	for _, id := range ids {
		if t := (finding.Technique{ID: id, Name: techniqueNames[id]}); id != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}
