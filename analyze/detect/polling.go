package detect

import (
	"fmt"

	"github.com/wirewitness/wirewitness/analyze/finding"
)

const (
	// sameAgain: the same few requests over and over.
	sameAgain = 30
	// manyRequests and perURI tell polling from browsing: browsing asks for something new each time.
	manyRequests = 10
	perURI       = 4
)

// polling: many HTTP requests ask for few different things.
var polling = Detector{
	Name: "content.polling", Family: finding.FamilyContent,
	Innocent: "an agent that polls its server by design",
	Find: func(u *Usage, c *Context) []finding.Fact {
		if u.Inbound {
			return nil
		}
		var requests uint64
		uris := map[string]bool{}
		for _, k := range u.conns {
			if k.HTTP == nil {
				continue
			}
			if k.HTTP.More {
				return nil
			}
			requests += k.HTTP.Requests
			for _, x := range k.HTTP.URIs {
				uris[x] = true
			}
		}
		if requests < manyRequests || len(uris) == 0 || requests < perURI*uint64(len(uris)) {
			return nil
		}
		return fact(sameAgain, fmt.Sprintf("%d HTTP requests ask for %d different things", requests, len(uris)), u.refs(),
			finding.Number{Name: "requests", Value: float64(requests), Unit: "count"}, finding.Number{Name: "different", Value: float64(len(uris)), Unit: "count"})
	},
}
