package winevent

import "strings"

// A source is what the provider and channel of a record tell about it.
type source struct {
	sourceKey
	sysmon  bool
	lower   string // the provider in lower case
	classes []Class
}

type sourceKey struct{ provider, channel string }

// maxSources bounds what an Emitter remembers. A log has some ten providers.
const maxSources = 1 << 12

func (em *Emitter) source(r *Record) *source {
	key := sourceKey{r.Provider, r.Channel}
	if em.last != nil && em.last.sourceKey == key {
		return em.last
	}
	s := em.sources[key]
	if s == nil {
		s = newSource(key)
		if em.sources == nil || len(em.sources) >= maxSources {
			em.sources = map[sourceKey]*source{}
		}
		em.sources[key] = s
	}
	em.last = s
	return s
}

func newSource(key sourceKey) *source {
	s := &source{sourceKey: key, lower: strings.ToLower(key.provider), sysmon: speaks(sysmon, key.provider, key.channel)}
	for _, c := range classes {
		if speaks(c.Provider, key.provider, key.channel) {
			s.classes = append(s.classes, c)
		}
	}
	return s
}

func (s *source) class(id uint32) (*Class, bool) {
	for i := range s.classes {
		if s.classes[i].EventID == id {
			return &s.classes[i], true
		}
	}
	return nil, false
}
