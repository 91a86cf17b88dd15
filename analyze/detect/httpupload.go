package detect

import (
	"fmt"
	"slices"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const (
	// writes: methods that put files on a server.
	writes = 25
	// bodyFloor is below what a form or a status report carries, in bytes.
	bodyFloor = 64 << 10
	// upHeavy: the requests' bodies outweigh the responses'.
	upHeavy = 25
)

var writingMethods = []string{"PUT", "MKCOL", "PROPPATCH", "MOVE", "COPY"}

// httpUpload: HTTP is used to put data on the server rather than to get it.
var httpUpload = Detector{
	Name: "content.http-upload", Family: finding.FamilyContent,
	Innocent: "a WebDAV folder, a form with a file, or telemetry",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound {
			return nil
		}
		for _, k := range u.said {
			h := k.HTTP
			if h == nil {
				continue
			}
			for _, m := range h.Methods {
				if slices.Contains(writingMethods, m) {
					return fact(writes, fmt.Sprintf("HTTP method %s writes to the server", m), cite(k.Ref))
				}
			}
			if outweighs(h) {
				return fact(upHeavy, fmt.Sprintf("HTTP request bodies hold %d bytes, response bodies %d", h.ReqBody.N, h.RespBody.N), cite(k.Ref),
					finding.Number{Name: "request bodies", Value: float64(h.ReqBody.N), Unit: "bytes"}, finding.Number{Name: "response bodies", Value: float64(h.RespBody.N), Unit: "bytes"})
			}
		}
		return nil
	},
}

// outweighs tells whether the requests' bodies are large and hold more than the responses'.
func outweighs(h *evidence.HTTP) bool {
	return h.ReqBody.Known && h.RespBody.Known && h.ReqBody.N >= bodyFloor && h.ReqBody.N > 2*h.RespBody.N
}
