package cases

import (
	"bufio"
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/world"
)

// A Sensor is the logs of a network sensor of any size: look-ups, TLS, web requests and connections nobody answers, of a few
// hundred hosts.
type Sensor struct {
	Connections int
	// Shape is "tsv" or "json" for Zeek's logs, "eve" for Suricata's.
	Shape string
}

// A Watch is what Sensor.Write has made.
type Watch struct {
	Connections, Lines int
	Until              time.Time
}

func (w Watch) String() string {
	return fmt.Sprintf("%d connections in %d lines until %s", w.Connections, w.Lines, w.Until.Format(time.DateTime))
}

// What the sensor sees comes again: hosts, and names of which few are asked for often.
const (
	watched  = 400
	named    = 4000
	favoured = 200
)

// Write makes the logs in a folder.
func (s Sensor) Write(folder string) (Watch, error) {
	if !slices.Contains([]string{"tsv", "json", "eve"}, s.Shape) {
		return Watch{}, fmt.Errorf("%q: no shape of logs; there are tsv, json and eve", s.Shape)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return Watch{}, err
	}
	w := &watch{Sensor: s, folder: folder, logs: map[string]*sensorLog{}, rng: rand.New(rand.NewPCG(2, uint64(s.Connections))), made: Watch{Until: world.At("08:00:00")}}
	for w.made.Connections < s.Connections && w.err == nil {
		w.connection()
	}
	for _, l := range w.logs {
		w.err = cmp.Or(w.err, l.close())
	}
	return w.made, w.err
}

// A watch is a sensor whose logs are being written.
type watch struct {
	Sensor
	folder string
	logs   map[string]*sensorLog
	rng    *rand.Rand
	made   Watch
	err    error // of the first log that could not be begun
}

// A seen is one connection.
type seen struct {
	at                                 time.Time
	uid, host, peer, name              string
	from, to                           int
	proto, service, state, history     string
	lasted                             float64
	sent, got, sentPackets, gotPackets int
}

// connection logs the next one: of ten, four look-ups, four over TLS, one request in clear and one to nobody.
func (w *watch) connection() {
	which := w.rng.IntN(named)
	if w.rng.IntN(4) > 0 {
		which = w.rng.IntN(favoured)
	}
	host := w.rng.IntN(watched)
	w.made.Until = w.made.Until.Add(time.Duration(w.rng.Int64N(int64(20 * time.Millisecond))))
	c := seen{at: w.made.Until, host: fmt.Sprintf("10.20.%d.%d", 1+host/200, 20+host%200), from: 49152 + w.made.Connections%16384,
		peer: fmt.Sprintf("203.0.%d.%d", 113+which/250, 1+which%250), name: fmt.Sprintf("node%d.example%d.net", which, which%700),
		lasted: w.rng.Float64() * 30, sent: 400 + w.rng.IntN(4000), got: 2000 + w.rng.IntN(200_000), sentPackets: 12, gotPackets: 160,
		proto: "tcp", state: "SF", history: "ShADadFf"}
	c.uid = w.uid()
	w.made.Connections++
	switch w.rng.IntN(10) {
	case 0, 1, 2, 3:
		c.peer, c.to, c.proto, c.service, c.history, c.lasted = "10.20.0.1", 53, "udp", "dns", "Dd", 0.012
		c.sent, c.got, c.sentPackets, c.gotPackets = 18+len(c.name), 34+len(c.name), 1, 1
	case 4, 5, 6, 7:
		c.to, c.service = 443, "ssl"
	case 8:
		c.to, c.service = 80, "http"
	default:
		c.to, c.state, c.history, c.sent, c.got, c.sentPackets, c.gotPackets = 445, "S0", "S", 0, 0, 1, 0
	}
	if w.Shape == "eve" {
		w.eve(&c)
	} else {
		w.zeek(&c)
	}
}

func (w *watch) uid() string {
	if w.Shape == "eve" {
		return fmt.Sprint(w.rng.Uint64N(1 << 53))
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	b := []byte("C")
	for range 17 {
		b = append(b, letters[w.rng.IntN(len(letters))])
	}
	return string(b)
}

func (w *watch) eve(c *seen) {
	const layout = "2006-01-02T15:04:05.000000-0700"
	event := func(at time.Time, kind, rest string) {
		if l := w.log("eve.json"); l != nil {
			fmt.Fprintf(l, `{"timestamp":%q,"flow_id":%s,"in_iface":"eth0","event_type":%q,"src_ip":%q,"src_port":%d,"dest_ip":%q,"dest_port":%d,"proto":%q,%s}`+"\n",
				at.Format(layout), c.uid, kind, c.host, c.from, c.peer, c.to, strings.ToUpper(c.proto), rest)
		}
	}
	end := c.at.Add(time.Duration(c.lasted * float64(time.Second)))
	app := map[string]string{"dns": "dns", "ssl": "tls", "http": "http", "": "failed"}[c.service]
	switch app {
	case "dns":
		event(c.at, "dns", fmt.Sprintf(`"dns":{"version":2,"type":"answer","id":%d,"flags":"8180","qr":true,"rd":true,"ra":true,"rrname":%q,"rrtype":"A","rcode":"NOERROR","answers":[{"rrname":%q,"rrtype":"A","ttl":60,"rdata":"203.0.113.9"}]}`,
			w.rng.IntN(1<<16), c.name, c.name))
	case "tls":
		event(c.at, "tls", fmt.Sprintf(`"tls":{"subject":"CN=%s","issuerdn":"CN=Example Issuing CA","serial":"0A:0B","fingerprint":"00:11:22:33","sni":%q,"version":"TLS 1.2","notbefore":"2024-01-01T00:00:00","notafter":"2025-01-01T00:00:00"}`, c.name, c.name))
	case "http":
		event(c.at, "http", fmt.Sprintf(`"tx_id":0,"http":{"hostname":%q,"url":"/style/main.css","http_user_agent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64)","http_content_type":"text/css","http_method":"GET","protocol":"HTTP/1.1","status":200,"length":%d}`, c.name, c.got))
	}
	event(end, "flow", fmt.Sprintf(`"app_proto":%q,"flow":{"pkts_toserver":%d,"pkts_toclient":%d,"bytes_toserver":%d,"bytes_toclient":%d,"start":%q,"end":%q,"age":%d,"state":"closed","reason":"timeout","alerted":false}`,
		app, c.sentPackets, c.gotPackets, c.sent+54*c.sentPackets, c.got+54*c.gotPackets, c.at.Format(layout), end.Format(layout), int(c.lasted)))
}

// A sensorLog is a file of a sensor.
type sensorLog struct {
	*bufio.Writer
	file  *os.File
	begun bool
	end   string // its last line
}

// log is the file of a name, nil when it cannot be made.
func (w *watch) log(name string) *sensorLog {
	l := w.logs[name]
	if l == nil {
		f, err := os.Create(filepath.Join(w.folder, name))
		if err != nil {
			w.err = cmp.Or(w.err, err)
			return nil
		}
		l = &sensorLog{Writer: bufio.NewWriterSize(f, 1<<20), file: f}
		w.logs[name] = l
	}
	w.made.Lines++
	return l
}

// begin tells whether nothing was written yet.
func (l *sensorLog) begin() bool {
	first := !l.begun
	l.begun = true
	return first
}

func (l *sensorLog) close() error {
	l.WriteString(l.end)
	return cmp.Or(l.Flush(), l.file.Close())
}
