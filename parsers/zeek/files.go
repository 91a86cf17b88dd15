package zeek

import "github.com/wirewitness/wirewitness/parsers/evidence"

// files reads what one file's transfer says of its connections. Old logs name these by UID only, and may name several.
func (p *parser) files(r row) {
	uids := r.list("conn_uids")
	if uid := r.text("uid"); uid != "" {
		uids = []string{uid}
	}
	a := evidence.AppRecord{Ref: p.ref(), Sensor: p.sensor, Transport: evidence.TCP}
	a.Orig, a.Resp, _ = ends(r)
	a.App = evidence.App{Confirmed: true, Content: true}
	var ok bool
	if a.At, ok = instant(r.text("ts")); !ok {
		p.doubt(badTime)
	}
	p.span(a.At, a.At)
	switch r.text("source") { // mail and FTP have no place for files, certificates have a log of their own
	case "SMB":
		a.Protocol, a.SMB = "smb", smbFile(r)
	case "HTTP":
		a.Protocol, a.HTTP = "http", httpFile(r)
	}
	if a.SMB == nil && a.HTTP == nil {
		return
	}
	for _, uid := range uids {
		a.UID = uid
		p.out.App(a)
	}
}

// smbFile counts what was seen of the file: what the sensor missed of it was not read.
func smbFile(r row) *evidence.SMB {
	s := &evidence.SMB{Files: strs(r.text("filename"))}
	switch r.text("is_orig") {
	case "T":
		s.Written = count(r, "seen_bytes")
	case "F":
		s.Read = count(r, "seen_bytes")
	}
	return s
}

// httpFile is the kind of what was served, as its content says; sizes stand in http.
func httpFile(r row) *evidence.HTTP {
	if kind := r.text("mime_type"); kind != "" && r.text("is_orig") != "T" {
		return &evidence.HTTP{Types: strs(kind)}
	}
	return nil
}
