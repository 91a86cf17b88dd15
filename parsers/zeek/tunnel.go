package zeek

import (
	"bytes"
	"cmp"
	"context"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// tunnels are the connections of a log that carry others, by their UID. The others name them, and are often logged before them:
// so the log is searched for them before the first connection is handed over.
type tunnels map[string]tunnel

// A tunnel is where its own connection stands and what it speaks, neither where the log does not have it.
type tunnel struct {
	ref  evidence.Ref
	kind string
}

// Bounds of what is held of one log: tunnels, and bytes of a UID.
const (
	maxTunnels = 1 << 16
	longestUID = 128
)

// findTunnels goes through the log once for the names of tunnels, and a second time where there are any.
func findTunnels(ctx context.Context, in *parsers.Input) tunnels {
	ts := tunnels{}
	for rs := newRows(ctx, in); rs.next(); {
		if rs.mayBeInner() {
			ts.name(rs)
		}
	}
	if len(ts) > 0 {
		ts.meet(ctx, in)
	}
	return ts
}

// mayBeInner looks for a name of a tunnel without taking the line apart.
func (rs *rows) mayBeInner() bool {
	if bytes.HasPrefix(rs.Text, []byte("{")) {
		return bytes.Contains(rs.Text, parentsKey)
	}
	return rs.table.mayBeInner(rs.Text)
}

var parentsKey = []byte(fieldNames[fTunnelParents])

// mayBeInner looks at the column alone. It is one of the last.
func (t *table) mayBeInner(line []byte) bool {
	if t.behindParents == 0 {
		return false
	}
	from, to := len(line), 0
	for range t.behindParents {
		to = from
		from = max(bytes.LastIndex(line[:to], t.separator), 0)
	}
	v := bytes.TrimPrefix(line[from:to], t.separator)
	return string(v) != t.unset && string(v) != t.empty
}

// isConn tells whether the lines of a log are connections.
func isConn(log string) bool { return log == "conn" || log == "conn_long" || log == "open_conn" }

// name notes which tunnel the connection at hand names.
func (ts tunnels) name(rs *rows) {
	log, r, err := rs.row()
	if err != nil || !isConn(log) {
		return
	}
	if _, _, ok := ends(r); !ok {
		return
	}
	if uid, isInner := parent(r); isInner && len(ts) < maxTunnels && len(uid) <= longestUID {
		ts[string(uid)] = tunnel{}
	}
}

// parent is the UID of the tunnel that carried the connection, one of a set: which of several is the nearest is not said.
func parent(r row) (uid []byte, isInner bool) {
	parents := r.list(fTunnelParents)
	if len(parents) == 0 {
		return nil, false
	}
	return parents[0], true
}

// meet reads the tunnels' own connections.
func (ts tunnels) meet(ctx context.Context, in *parsers.Input) {
	p := newParser(ctx, in, outers{tunnels: ts})
	p.tunnels = tunnels{}
	for p.rows.next() {
		log, r, err := p.rows.row()
		if err != nil || !isConn(log) {
			continue
		}
		if _, named := ts[string(r.text(fUID))]; named {
			p.conn(r)
		}
	}
}

// An outers takes tunnels' own connections, the last of each UID.
type outers struct {
	evidence.Sink
	tunnels
}

func (o outers) Conn(c evidence.Conn) {
	o.tunnels[c.UID] = tunnel{c.Ref, cmp.Or(c.Protocol, string(c.Transport))}
}

// carry says of a connection what it has to do with tunnels.
func (p *parser) carry(r row, c *evidence.Conn) {
	_, c.Carries = p.tunnels[c.UID]
	uid, isInner := parent(r)
	if !isInner {
		return
	}
	c.TunnelKind = "tunnel"
	t, held := p.tunnels[string(uid)]
	if !held {
		p.doubt(manyTunnels)
	}
	if t.kind != "" {
		c.Tunnel, c.TunnelKind = t.ref, t.kind
	}
}
