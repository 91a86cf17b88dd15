// Package all lists the evidence formats.
package all

import (
	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/eventjson"
	"github.com/wirewitness/wirewitness/parsers/eventxml"
	"github.com/wirewitness/wirewitness/parsers/evtx"
	"github.com/wirewitness/wirewitness/parsers/pcap"
	"github.com/wirewitness/wirewitness/parsers/suricata"
	"github.com/wirewitness/wirewitness/parsers/zeek"
)

// Formats are asked in this order whether they recognise a file: those with a signature first, then the JSON of
// sensors before the JSON of events, which comes in more shapes.
var Formats = []parsers.Format{
	evtx.Format,
	pcap.Format,
	zeek.Format,
	suricata.Format,
	eventxml.Format,
	eventjson.Format,
}
