package detect

import (
	"maps"
	"net/netip"
	"regexp"
	"strings"

	"github.com/wirewitness/wirewitness/analyze/correlate"
	"github.com/wirewitness/wirewitness/analyze/policy"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A Context is what a detector may compare a usage with: the whole case, indexed.
type Context struct {
	Case   *correlate.Case
	Policy *policy.Policy
	Usages []*Usage

	names     *nameIndex
	children  map[*correlate.Process][]*correlate.Process
	into, by  map[*correlate.Process][]*correlate.Access
	loops     map[*correlate.Process][]*correlate.Link // to its own host
	asked     askings                                  // as logs and captures show
	servers   map[netip.Addr]bool                      // addresses that serve a directory or names to others
	companies map[*correlate.Host]bool
	habits    map[string]*habit // by base name of the program, over all hosts
	visited   map[*Usage]int    // machines visited around each usage
	signs     []*regexp.Regexp  // of Policy.CommandSigns
	remembered
}

// What is remembered saves working it out again. All else in a Context does not change once it is made.
type remembered struct {
	folders  map[string]int // index in Policy.WritableFolders by image, -1 for none
	commands map[command]shownSigns
	bases    map[string]string // names of images
	unusual  map[string]bool   // whether Policy.UnusualProcessList has a name
}

func nothing() remembered {
	return remembered{map[string]int{}, map[command]shownSigns{}, map[string]string{}, map[string]bool{}}
}

// views are n contexts of the same case for a goroutine each.
func (c *Context) views(n int) []*Context {
	all := []*Context{c}
	for len(all) < n {
		view := *c
		view.remembered = nothing()
		all = append(all, &view)
	}
	return all
}

func newContext(g *Gathering, usages []*Usage) *Context {
	x := &Context{Case: g.c, Policy: g.policy, Usages: usages, names: g.names, children: map[*correlate.Process][]*correlate.Process{}, into: map[*correlate.Process][]*correlate.Access{},
		by: map[*correlate.Process][]*correlate.Access{}, asked: maps.Clone(g.asked), servers: g.servers, companies: map[*correlate.Host]bool{},
		habits: map[string]*habit{}, loops: g.loops, remembered: nothing()}
	for _, s := range g.policy.CommandSigns {
		x.signs = append(x.signs, regexp.MustCompile(s.Pattern))
	}
	x.indexHosts()
	for _, l := range g.c.Lookups {
		x.asked.add(l.Host, 1, false)
	}
	x.indexAccesses()
	x.indexUsages()
	x.visited = x.visits()
	return x
}

func (c *Context) indexHosts() {
	for _, h := range c.Case.Hosts {
		named := c.namedParents(h.Processes)
		for _, p := range h.Processes {
			if p.Company != "" {
				c.companies[h] = true
			}
			parent := p.Parent
			if parent == nil {
				parent = named[c.parentOf(p)]
			}
			if parent != nil && parent != p {
				c.children[parent] = append(c.children[parent], p)
			}
		}
	}
}

// A program is a PID and the name of an image.
type program struct {
	pid  uint32
	base string
}

func (c *Context) parentOf(p *correlate.Process) program {
	return program{p.ParentPID, c.base(p.ParentImage)}
}

// base is policy.Base of an image, which many processes run.
func (c *Context) base(image string) string {
	b, known := c.bases[image]
	if !known {
		if len(c.bases) >= maxCommands {
			clear(c.bases)
		}
		b = policy.Base(image)
		c.bases[image] = b
	}
	return b
}

// namedParents finds the parents that start events name and that are not linked: where it is the only process of the host
// with that PID and image.
func (c *Context) namedParents(list []*correlate.Process) map[program]*correlate.Process {
	found, times := map[program]*correlate.Process{}, map[program]int{}
	for _, p := range list {
		if p.Parent == nil && p.ParentPID != 0 {
			times[c.parentOf(p)] = 0
		}
	}
	if len(times) == 0 {
		return found
	}
	for _, p := range list {
		k := program{p.PID, c.base(p.Image)}
		if n, asked := times[k]; asked {
			times[k], found[k] = n+1, p
		}
	}
	for k, n := range times {
		if n > 1 {
			delete(found, k)
		}
	}
	return found
}

func (c *Context) indexAccesses() {
	for _, a := range c.Case.Accesses {
		if a.Target != nil {
			c.into[a.Target] = append(c.into[a.Target], a)
		}
		if a.Source != nil {
			c.by[a.Source] = append(c.by[a.Source], a)
		}
	}
}

// infrastructure are the services by which a server of the domain or the network is known.
var infrastructure = map[uint16]bool{53: true, 88: true, 389: true, 3268: true, 464: true}

func (c *Context) indexUsages() {
	for _, u := range c.Usages {
		if u.Known() {
			c.habit(u.Program()).learn(u)
		}
		if !infrastructure[u.Port] {
			continue
		}
		if u.Inbound {
			for _, a := range u.locals {
				c.servers[a.Unmap()] = true
			}
			continue
		}
		for _, a := range u.Addrs {
			c.servers[a] = true
		}
	}
	for _, h := range c.habits {
		h.rank()
	}
}

// local tells whether every address of the peer belongs to the local networks.
func (c *Context) local(u *Usage) bool {
	for _, a := range u.Addrs {
		if !c.Case.Local(a) {
			return false
		}
	}
	return len(u.Addrs) > 0
}

// server tells whether the peer serves a directory or names to hosts of the case.
func (c *Context) server(u *Usage) bool {
	for _, a := range u.Addrs {
		if c.servers[a] {
			return true
		}
	}
	return false
}

// spoken returns the protocol of protocol_list that the usage speaks: the confirmed one, else the one the port
// suggests. How is "confirmed", "by port" or "".
func (c *Context) spoken(u *Usage) (p policy.Protocol, how string) {
	name, _ := u.Protocol()
	if q, ok := c.winrm(u, name); ok {
		return q, "confirmed"
	}
	if name != "" {
		if q, ok := c.protocol(name); ok {
			return q, "confirmed"
		}
		return p, ""
	}
	if q, ok := c.owner(u.Port, u.Transport); ok {
		return q, "by port"
	}
	if u.Port >= dynamicPorts && u.Transport == evidence.TCP && !u.Inbound && c.local(u) {
		if q, ok := c.protocol("dce_rpc"); ok {
			return q, "by port"
		}
	}
	return p, ""
}

// dynamicPorts is the first port of the dynamic range of Windows since Vista, where RPC servers listen.
const dynamicPorts = 49152

// winrm is HTTP by content; its port tells it from the web.
func (c *Context) winrm(u *Usage, name string) (policy.Protocol, bool) {
	if name != "http" && name != "tls" {
		return policy.Protocol{}, false
	}
	q, ok := c.protocol("winrm")
	return q, ok && q.Owns(u.Port)
}

// suggested words how sure the protocol is.
func suggested(p policy.Protocol, how string) string {
	if how == "confirmed" {
		return p.Name
	}
	return p.Name + " (suggested by the port)"
}

func matchAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if policy.Glob(p, name) {
			return true
		}
	}
	return false
}

func listed(names []string, limit int) string {
	if len(names) > limit {
		return strings.Join(names[:limit], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}
