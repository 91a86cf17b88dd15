package zeek

import "github.com/wirewitness/wirewitness/parsers/evidence"

// files reads what one file's transfer says of its connections. Old logs name these by UID only, and may name several.
func (p *parser) files(r row) {
	uids := r.list(fConnUIDs)
	if uid := r.text(fUID); len(uid) > 0 {
		uids = [][]byte{uid}
	}
	a := evidence.AppRecord{Ref: p.ref(), Sensor: p.sensor, Transport: evidence.TCP}
	a.Orig, a.Resp, _ = ends(r)
	a.App = evidence.App{Confirmed: true, Content: true}
	var ok bool
	if a.At, ok = instant(r.text(fTS)); !ok {
		p.doubt(badTime)
	}
	p.span(a.At, a.At)
	switch string(r.text(fSource)) { // mail and FTP have no place for files, certificates have a log of their own
	case "SMB":
		a.Protocol, a.SMB = "smb", smbFile(r)
	case "HTTP":
		a.Protocol, a.HTTP = "http", p.httpFile(r)
	}
	if a.SMB == nil && a.HTTP == nil {
		return
	}
	for _, uid := range uids {
		a.UID = string(uid)
		p.out.App(a)
	}
}

// smbFile counts what was seen of the file: what the sensor missed of it was not read.
func smbFile(r row) *evidence.SMB {
	s := &evidence.SMB{Files: one(r.text(fFilename))}
	switch string(r.text(fIsOrig)) {
	case "T":
		s.Written = count(r, fSeenBytes)
	case "F":
		s.Read = count(r, fSeenBytes)
	}
	return s
}

// httpFile is the kind of what was served, as its content says; sizes stand in http.
func (p *parser) httpFile(r row) *evidence.HTTP {
	if kind := r.text(fMIMEType); len(kind) > 0 && string(r.text(fIsOrig)) != "T" {
		return &evidence.HTTP{Types: p.one(kind)}
	}
	return nil
}
