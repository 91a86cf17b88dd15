package correlate

import (
	"cmp"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// details remembers what details became of others, so that processes that were started alike keep having them in common.
type details struct {
	started map[startedKey]*Details
	named   map[namedKey]*Details
}

type startedKey struct {
	before *Details
	texts  *evidence.ProcessTexts
}

type namedKey struct {
	before      *Details
	image, user string
}

// noDetails are those of a process of which nothing is known yet.
var noDetails = &Details{}

// told adds what a start event says.
func (ds *details) told(d *Details, t *evidence.ProcessTexts) *Details {
	k := startedKey{d, t}
	if known := ds.started[k]; known != nil {
		return known
	}
	n := *d
	n.Image, n.User = betterImage(n.Image, t.Image), cmp.Or(n.User, t.User)
	n.CommandLine = cmp.Or(n.CommandLine, t.CommandLine)
	n.OriginalName, n.Company = cmp.Or(n.OriginalName, t.OriginalName), cmp.Or(n.Company, t.Company)
	n.Product, n.Description = cmp.Or(n.Product, t.Product), cmp.Or(n.Description, t.Description)
	n.Integrity, n.Hashes = cmp.Or(n.Integrity, t.Integrity), cmp.Or(n.Hashes, t.Hashes)
	n.ParentImage, n.ParentLine = betterImage(n.ParentImage, t.ParentImage), cmp.Or(n.ParentLine, t.ParentLine)
	n.Service = cmp.Or(n.Service, service(n.Image, n.CommandLine))
	if ds.started == nil {
		ds.started = map[startedKey]*Details{}
	}
	ds.started[k] = unlessSame(d, &n)
	return ds.started[k]
}

// seen adds what another record says of the process.
func (ds *details) seen(d *Details, image, user string) *Details {
	return ds.with(d, betterImage(d.Image, image), cmp.Or(d.User, user))
}

// with returns d with another image and user.
func (ds *details) with(d *Details, image, user string) *Details {
	if d.Image == image && d.User == user {
		return d
	}
	k := namedKey{d, image, user}
	if known := ds.named[k]; known != nil {
		return known
	}
	n := *d
	n.Image, n.User = image, user
	if ds.named == nil {
		ds.named = map[namedKey]*Details{}
	}
	ds.named[k] = &n
	return &n
}

func unlessSame(d, n *Details) *Details {
	if *d == *n {
		return d
	}
	return n
}
