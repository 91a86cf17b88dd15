package service

import "bytes"

// PostgreSQL: https://www.postgresql.org/docs/current/protocol-message-formats.html
// MySQL: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html

const (
	pgStart   = "\x00\x03\x00\x00" // protocol version 3.0
	pgTLS     = "\x04\xd2\x16\x2f"
	pgGSS     = "\x04\xd2\x16\x30"
	pgCancel  = "\x04\xd2\x16\x2e"
	pgRequest = 8 // length of the request for TLS

	mysqlHeader   = 4
	mysqlTLS      = 0x0800 // capability
	mysqlTLSAsk   = 32     // length of the request for TLS
	maxMySQLHello = 512
)

// pgClient recognises the first message of a client: a length, then a version or a request.
func pgClient(b []byte, closed bool) verdict {
	switch {
	case b[0] != 0 || len(b) > 1 && b[1] != 0:
		return no
	case len(b) < pgRequest:
		return maybe
	}
	size := int(b[2])<<8 | int(b[3])
	switch string(b[4:8]) {
	case pgTLS, pgGSS:
		return since(size == 8)
	case pgCancel:
		return since(size == 16)
	case pgStart:
		if size > 4096 || len(b) < 13 {
			return maybe
		}
		return since(bytes.HasPrefix(b[8:], []byte("user\x00")) || bytes.Contains(b[:min(len(b), size)], []byte("\x00user\x00")))
	}
	return no
}

func since(ok bool) verdict {
	if ok {
		return yes
	}
	return no
}

// mysqlServer recognises the greeting of protocol version 10: the server's version, zero-terminated.
func mysqlServer(b []byte, closed bool) verdict {
	if len(b) < mysqlHeader+1 {
		if len(b) > 2 && b[2] != 0 || len(b) > 3 && b[3] != 0 {
			return no
		}
		return maybe
	}
	size := int(b[0]) | int(b[1])<<8
	if b[2] != 0 || b[3] != 0 || b[4] != 10 || size < 32 || size > maxMySQLHello {
		return no
	}
	version, _, ended := bytes.Cut(b[5:min(len(b), 5+64)], []byte{0})
	switch {
	case !printable(version) || len(version) == 0 && ended || len(version) == 64:
		return no
	case !ended:
		return maybe
	}
	return since(version[0] >= '0' && version[0] <= '9')
}

// databaseReader waits for the change to TLS.
type databaseReader struct {
	scene   scene
	read    [2]int
	heads   [2][]byte
	upgrade func(client, server []byte) (after [2]int)
	after   [2]int // where TLS begins on either side, 0 while not known
	inner   *Session
}

// maxDatabaseHead is how much of either side is looked at.
const maxDatabaseHead = 2 << 10

func openPostgreSQL(sc scene) analyzer { return &databaseReader{scene: sc, upgrade: pgUpgrade} }
func openMySQL(sc scene) analyzer      { return &databaseReader{scene: sc, upgrade: mysqlUpgrade} }

// pgUpgrade: the client asks, the server answers with one letter.
func pgUpgrade(client, server []byte) (after [2]int) {
	if len(client) >= pgRequest && string(client[4:8]) == pgTLS && len(server) > 0 && server[0] == 'S' {
		return [2]int{pgRequest, 1}
	}
	return after
}

// mysqlUpgrade: the client answers the greeting with the beginning of a login that has the TLS flag and ends early.
func mysqlUpgrade(client, server []byte) (after [2]int) {
	if len(server) >= mysqlHeader && len(client) >= mysqlHeader+mysqlTLSAsk && client[0] == mysqlTLSAsk && client[1] == 0 && le16(client, 4)&mysqlTLS != 0 {
		return [2]int{mysqlHeader + mysqlTLSAsk, mysqlHeader + (int(server[0]) | int(server[1])<<8)}
	}
	return after
}

func (d *databaseReader) feed(c Chunk) {
	if d.inner == nil {
		d.heads[c.Side] = append(d.heads[c.Side], c.Data[:min(len(c.Data), maxDatabaseHead-len(d.heads[c.Side]))]...)
		client := d.scene.client
		if d.after = d.upgrade(d.heads[client], d.heads[client.other()]); d.after[0] > 0 {
			if client == Resp {
				d.after[0], d.after[1] = d.after[1], d.after[0]
			}
			d.inner = d.scene.inside()
		}
	}
	skip := max(0, d.after[c.Side]-d.read[c.Side])
	d.read[c.Side] += len(c.Data) + int(min(c.Gap, window))
	if d.inner != nil && skip < len(c.Data) {
		if skip > 0 {
			c = c.with(c.Data[skip:])
		}
		d.inner.Feed(c)
	}
}

func (d *databaseReader) describe(r *Result) { r.within(d.inner) }

func (d *databaseReader) done() bool {
	if d.inner != nil {
		return d.inner.Done()
	}
	return d.read[Orig] >= maxDatabaseHead && d.read[Resp] >= maxDatabaseHead
}
