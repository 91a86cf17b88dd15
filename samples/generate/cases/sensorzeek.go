package cases

import (
	"cmp"
	"fmt"
	"strings"
)

// A column is a field of one of Zeek's logs with its value, "" for unset. In JSON some types stand without quotes.
type column struct{ name, kind, value string }

func (w *watch) zeek(c *seen) {
	ends := []column{{"ts", "time", fmt.Sprintf("%d.%06d", c.at.Unix(), c.at.Nanosecond()/1000)}, {"uid", "string", c.uid}, {"id.orig_h", "addr", c.host},
		{"id.orig_p", "port", fmt.Sprint(c.from)}, {"id.resp_h", "addr", c.peer}, {"id.resp_p", "port", fmt.Sprint(c.to)}}
	lasted, sent, got := fmt.Sprintf("%.6f", c.lasted), fmt.Sprint(c.sent), fmt.Sprint(c.got)
	if c.state == "S0" {
		lasted, sent, got = "", "", ""
	}
	w.line("conn", append(ends[:6:6], column{"proto", "enum", c.proto}, column{"service", "string", c.service}, column{"duration", "interval", lasted},
		column{"orig_bytes", "count", sent}, column{"resp_bytes", "count", got}, column{"conn_state", "string", c.state}, column{"local_orig", "bool", "T"},
		column{"local_resp", "bool", "F"}, column{"missed_bytes", "count", "0"}, column{"history", "string", c.history},
		column{"orig_pkts", "count", fmt.Sprint(c.sentPackets)}, column{"orig_ip_bytes", "count", fmt.Sprint(c.sent + 40*c.sentPackets)},
		column{"resp_pkts", "count", fmt.Sprint(c.gotPackets)}, column{"resp_ip_bytes", "count", fmt.Sprint(c.got + 40*c.gotPackets)},
		column{"tunnel_parents", "set[string]", ""}))
	switch c.service {
	case "dns":
		w.line("dns", append(ends, column{"proto", "enum", "udp"}, column{"trans_id", "count", fmt.Sprint(w.rng.IntN(1 << 16))}, column{"rtt", "interval", "0.011874"},
			column{"query", "string", c.name}, column{"qclass", "count", "1"}, column{"qclass_name", "string", "C_INTERNET"}, column{"qtype", "count", "1"},
			column{"qtype_name", "string", "A"}, column{"rcode", "count", "0"}, column{"rcode_name", "string", "NOERROR"}, column{"AA", "bool", "F"},
			column{"RD", "bool", "T"}, column{"RA", "bool", "T"}, column{"Z", "count", "0"}, column{"answers", "vector[string]", "203.0.113.9"},
			column{"TTLs", "vector[interval]", "60.000000"}, column{"rejected", "bool", "F"}))
	case "ssl":
		w.line("ssl", append(ends, column{"version", "string", "TLSv12"}, column{"cipher", "string", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}, column{"curve", "string", "x25519"},
			column{"server_name", "string", c.name}, column{"resumed", "bool", "F"}, column{"last_alert", "string", ""}, column{"next_protocol", "string", "h2"},
			column{"established", "bool", "T"}, column{"subject", "string", "CN=" + c.name}, column{"issuer", "string", "CN=Example Issuing CA"}, column{"validation_status", "string", "ok"}))
	case "http":
		w.line("http", append(ends, column{"trans_depth", "count", "1"}, column{"method", "string", "GET"}, column{"host", "string", c.name}, column{"uri", "string", "/style/main.css"},
			column{"version", "string", "1.1"}, column{"user_agent", "string", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"}, column{"request_body_len", "count", "0"},
			column{"response_body_len", "count", fmt.Sprint(c.got)}, column{"status_code", "count", "200"}, column{"status_msg", "string", "OK"}, column{"resp_mime_types", "vector[string]", "text/css"}))
	}
}

// line writes a line of one of Zeek's logs, which it begins with the first.
func (w *watch) line(log string, columns []column) {
	l := w.log(log + ".log")
	if l == nil {
		return
	}
	var names, kinds, values []string
	for _, c := range columns {
		names, kinds = append(names, c.name), append(kinds, c.kind)
		switch {
		case w.Shape == "tsv":
			values = append(values, cmp.Or(c.value, "-"))
		case c.value != "":
			values = append(values, fmt.Sprintf("%q:%s", c.name, c.json()))
		}
	}
	if w.Shape == "json" {
		fmt.Fprintf(l, "{%s}\n", strings.Join(values, ","))
		return
	}
	if l.begin() {
		fmt.Fprintf(l, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t%s\n#fields\t%s\n#types\t%s\n", log, strings.Join(names, "\t"), strings.Join(kinds, "\t"))
		l.end = "#close\n"
	}
	fmt.Fprintln(l, strings.Join(values, "\t"))
}

func (c column) json() string {
	switch c.kind {
	case "time", "interval", "count", "port":
		return c.value
	case "bool":
		return fmt.Sprint(c.value == "T")
	case "vector[string]":
		return fmt.Sprintf("[%q]", c.value)
	case "vector[interval]":
		return "[" + c.value + "]"
	}
	return fmt.Sprintf("%q", c.value)
}
