package zeek

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// tunnelled is a line of conn with a UID, a service and the UIDs of its tunnels.
func tunnelled(uid, service, parents string) string {
	return strings.Join([]string{"1714979290.5", uid, "192.0.2.1", "50000", "198.51.100.1", "3544", "udp", service, parents}, "\t") + "\n"
}

const tunnelHeader = "#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\ttunnel_parents\n"

func TestTunnels(t *testing.T) {
	object := func(uid, rest string) string {
		return `{"_path":"conn","ts":1.5,"uid":"` + uid + `","id.orig_h":"192.0.2.1","id.orig_p":1,"id.resp_h":"192.0.2.2","id.resp_p":2,"proto":"udp"` + rest + "}\n"
	}
	cases := []struct {
		why, log string
		want     string // of each connection: its UID, + if it carries others, the kind of its tunnel and the line of that
	}{
		{"the outer connection is logged last", tunnelHeader + tunnelled("in", "dns", "out") + tunnelled("other", "-", "-") + tunnelled("out", "teredo", "-"), "in teredo 6, other, out+"},
		{"the outer connection is logged first", tunnelHeader + tunnelled("out", "teredo", "-") + tunnelled("in", "dns", "out"), "out+, in teredo 4"},
		{"it speaks nothing that Zeek knows", tunnelHeader + tunnelled("out", "-", "-") + tunnelled("in", "dns", "out"), "out+, in udp 4"},
		{"it is in another log", tunnelHeader + tunnelled("in", "dns", "out"), "in tunnel 0"},
		{"it is logged twice: the last counts", tunnelHeader + tunnelled("out", "-", "-") + tunnelled("in", "dns", "out") + tunnelled("out", "teredo", "-"), "out+, in teredo 6, out+"},
		{"a tunnel in a tunnel", tunnelHeader + tunnelled("a", "dns", "b") + tunnelled("b", "vxlan", "c") + tunnelled("c", "gtpv1", "-"), "a vxlan 5, b+ gtpv1 6, c+"},
		{"the first of several", tunnelHeader + tunnelled("a", "dns", "b,c") + tunnelled("b", "vxlan", "(empty)") + tunnelled("c", "gtpv1", "(empty)"), "a vxlan 5, b+, c"},
		{"a line that cannot be read names none", tunnelHeader + "1714979290.5\tin\tout\n" + tunnelled("out", "teredo", "-"), "out"},
		{"logs one after the other, the first without the column", log("1714979290.5\tout\t192.0.2.1\t5\t198.51.100.1\t3544\tudp\tteredo"+strings.Repeat("\t-", 10)) + tunnelHeader + tunnelled("in", "dns", "out"), "out+, in teredo 4"},
		{"JSON", object("in", `,"tunnel_parents":["out"]`) + object("none", `,"tunnel_parents":[]`) + object("out", `,"service":"teredo"`), "in teredo 3, none, out+"},
	}
	for _, c := range cases {
		b, err := parsertest.Parse(t.Context(), Format, []byte(c.log))
		var got []string
		for _, k := range b.Conns {
			s := k.UID
			if k.Carries {
				s += "+"
			}
			if k.TunnelKind != "" {
				s += fmt.Sprint(" ", k.TunnelKind, " ", k.Tunnel.N)
			}
			got = append(got, s)
		}
		if s := strings.Join(got, ", "); s != c.want || err != nil {
			t.Errorf("%s: got %s, want %s, %v", c.why, s, c.want, err)
		}
	}
}

func TestTunnelsAreBoundedAndCounted(t *testing.T) {
	var b strings.Builder
	b.WriteString(tunnelHeader)
	for i := range maxTunnels + 3 {
		b.WriteString(tunnelled("in", "dns", fmt.Sprint("out", i)))
	}
	b.WriteString(tunnelled(fmt.Sprint("out", maxTunnels-1), "teredo", "-") + tunnelled(fmt.Sprint("out", maxTunnels), "teredo", "-"))
	batch, err := parsertest.Parse(t.Context(), Format, []byte(b.String()))
	if err != nil || len(batch.Conns) != maxTunnels+5 || batch.Conns[maxTunnels-1].TunnelKind != "teredo" || batch.Conns[maxTunnels].TunnelKind != "tunnel" {
		t.Fatalf("%d connections, %v", len(batch.Conns), err)
	}
	if p := batch.Problems.First; len(p) != 1 || p[0].Kind != evidence.Suspect || !strings.HasPrefix(p[0].Err.Error(), "3 connections name a tunnel") {
		t.Errorf("problems: %v", p)
	}
}

// TestConnectionsAreHandedOver: those of a long log are not held until it has been read, once for tunnels and once for them.
func TestConnectionsAreHandedOver(t *testing.T) {
	data := tsv("conn", connLines(20_000))
	e := &early{Reader: bytes.NewReader(data)}
	if err := Format.Parse(t.Context(), &parsers.Input{Name: "conn.log", Size: e.Size(), ReaderAt: e}, e); err != nil {
		t.Fatal(err)
	}
	if e.lines != 20_000 || e.first > e.Size()*3/2 || e.read != 2*e.Size() {
		t.Errorf("%d connections, the first after %d bytes, %d bytes read of %d", e.lines, e.first, e.read, e.Size())
	}
}

// An early is a log and the Sink of what it states. It counts what is read of it, also until the first connection comes.
type early struct {
	*bytes.Reader
	counter
	read, first int64
}

func (e *early) ReadAt(b []byte, off int64) (int, error) {
	n, err := e.Reader.ReadAt(b, off)
	e.read += int64(n)
	return n, err
}

func (e *early) Conn(c evidence.Conn) {
	if e.counter.Conn(c); e.lines == 1 {
		e.first = e.read
	}
}
