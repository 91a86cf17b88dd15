package world

import (
	"path"
	"strings"
	"time"
)

// A Program is what a process runs and what its file says of itself.
type Program struct {
	Image, CommandLine, User                string
	Company, Product, Description, Original string
}

// Name is the file name.
func (p Program) Name() string { return path.Base(strings.ReplaceAll(p.Image, `\`, "/")) }

// windows is a program that comes with Windows.
func windows(name, commandLine, user, description string) Program {
	return Program{Image: `C:\Windows\System32\` + name, CommandLine: commandLine, User: user, Description: description, Original: name,
		Company: "Microsoft Corporation", Product: "Microsoft® Windows® Operating System"}
}

// Windows is a program that comes with Windows, started by the host's user.
func (h *Host) Windows(name, arguments, description string) Program {
	commandLine := `C:\Windows\System32\` + name
	if arguments != "" {
		commandLine += " " + arguments
	}
	return windows(name, commandLine, h.User, description)
}

// Installed is a program that the host's user runs from a folder, with version information that fits its name.
func (h *Host) Installed(image, arguments, company, product string) Program {
	p := Program{Image: image, CommandLine: strings.TrimSpace(`"` + image + `" ` + arguments), User: h.User,
		Company: company, Product: product, Description: product}
	p.Original = p.Name()
	return p
}

// As returns the program run by another user.
func (p Program) As(user string) Program {
	p.User = user
	return p
}

// A Process is one running program.
type Process struct {
	Program
	PID    uint32
	Parent *Process

	host  *Host
	guid  string
	start time.Time
}

// Start runs a program as a child of this process.
func (p *Process) Start(at time.Time, program Program) *Process {
	h := p.host
	child := &Process{Program: program, PID: h.nextPID(), Parent: p, host: h, start: at}
	child.guid = h.w.guid(h.id, at, child.PID)
	h.logStart(child)
	return child
}

// Exit ends the process.
func (p *Process) Exit(at time.Time) { p.host.logExit(p, at) }

// Inject starts a thread of this process inside another, at an address that belongs to no module.
func (p *Process) Inject(at time.Time, target *Process) { p.host.logThread(p, target, at) }
