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
		requests, uris := u.requests, uint64(len(u.uris))
		if u.Inbound || u.urisCut || requests < manyRequests || uris == 0 || requests < perURI*uris {
			return nil
		}
		return fact(sameAgain, fmt.Sprintf("%d HTTP requests ask for %d different things", requests, uris), u.refs(),
			finding.Number{Name: "requests", Value: float64(requests), Unit: "count"}, finding.Number{Name: "different", Value: float64(uris), Unit: "count"})
	},
}
