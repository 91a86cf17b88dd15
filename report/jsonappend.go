package report

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// An appender writes JSON key by key, as package encoding/json would: a table of flows has so many documents that looking
// at types would be most of the work. What is not known is left out, and so is an object or a list that stays empty.
type appender struct {
	buf []byte
	err error // the first that was met
}

// between parts a key or an element from the one before it.
func (a *appender) between() {
	if last := a.buf[len(a.buf)-1]; last != '{' && last != '[' {
		a.buf = append(a.buf, ',')
	}
}

// key begins a value; name needs no escaping.
func (a *appender) key(name string) {
	a.between()
	a.buf = append(append(append(a.buf, '"'), name...), `":`...)
}

// object writes an object under a key.
func (a *appender) object(name string, fill func()) {
	before := len(a.buf)
	a.key(name)
	a.buf = append(a.buf, '{')
	inside := len(a.buf)
	if fill(); len(a.buf) == inside {
		a.buf = a.buf[:before]
		return
	}
	a.buf = append(a.buf, '}')
}

// list writes n elements under a key, none as well: a list of nothing is known to be empty.
func (a *appender) list(name string, n int, element func(i int)) {
	a.key(name)
	a.buf = append(a.buf, '[')
	for i := range n {
		a.between()
		element(i)
	}
	a.buf = append(a.buf, ']')
}

func (a *appender) text(name, s string) {
	if s != "" {
		a.key(name)
		a.quote(s)
	}
}

// texts leaves out an empty list.
func (a *appender) texts(name string, all []string) {
	if len(all) > 0 {
		a.list(name, len(all), func(i int) { a.quote(all[i]) })
	}
}

func (a *appender) number(name string, n uint64) {
	a.key(name)
	a.buf = strconv.AppendUint(a.buf, n, 10)
}

func (a *appender) count(name string, c evidence.Count) {
	if c.Known {
		a.number(name, c.N)
	}
}

func (a *appender) share(name string, v float64) {
	a.key(name)
	a.buf = strconv.AppendFloat(a.buf, v, 'f', -1, 64)
}

func (a *appender) instant(name string, t time.Time) {
	if !instant(t).IsZero() {
		a.key(name)
		a.buf = instant(t).append(a.buf)
	}
}

func (a *appender) addr(name string, ip netip.Addr) {
	switch {
	case !ip.IsValid():
	case ip.Zone() != "": // is free text
		a.text(name, ip.String())
	default:
		a.key(name)
		a.buf = append(ip.AppendTo(append(a.buf, '"')), '"')
	}
}

// quote writes a string. Ordinary ones are copied; the others are left to encode.
func (a *appender) quote(s string) {
	before := len(a.buf)
	a.buf = append(a.buf, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c > '~':
			a.buf = append(a.buf[:before], quoted(s)...)
			return
		case c == '"' || c == '\\':
			a.buf = append(a.buf, '\\', c)
		default:
			a.buf = append(a.buf, c)
		}
	}
	a.buf = append(a.buf, '"')
}
