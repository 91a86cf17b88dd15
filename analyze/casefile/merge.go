package casefile

import (
	"iter"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// A merge yields the connections of sorted lists in one order: a heap of the lists by what they begin with.
type merge struct {
	lists   []list
	compare func(a, b *evidence.Conn) int
}

// A list is the rest of one, and its rank among those that begin alike.
type list struct {
	head *evidence.Conn
	next func() (*evidence.Conn, error)
	rank int
}

func (m *merge) add(next func() (*evidence.Conn, error), failed *error) {
	head, err := next()
	if err != nil {
		*failed = err
	}
	if head != nil {
		m.lists = append(m.lists, list{head, next, len(m.lists)})
	}
}

// all yields the connections of all lists in order, until one cannot be read.
func (m *merge) all(failed *error) iter.Seq[*evidence.Conn] {
	return func(yield func(*evidence.Conn) bool) {
		for i := len(m.lists)/2 - 1; i >= 0; i-- {
			m.sink(i)
		}
		for len(m.lists) > 0 && *failed == nil {
			l := &m.lists[0]
			if !yield(l.head) {
				return
			}
			if l.head, *failed = l.next(); l.head == nil {
				last := len(m.lists) - 1
				m.lists[0] = m.lists[last]
				m.lists = m.lists[:last]
			}
			m.sink(0)
		}
	}
}

// sink puts the list at i below those that come before it.
func (m *merge) sink(i int) {
	for {
		first := i
		for k := 2*i + 1; k <= 2*i+2 && k < len(m.lists); k++ {
			if m.before(k, first) {
				first = k
			}
		}
		if first == i {
			return
		}
		m.lists[i], m.lists[first] = m.lists[first], m.lists[i]
		i = first
	}
}

func (m *merge) before(i, k int) bool {
	a, b := &m.lists[i], &m.lists[k]
	c := m.compare(a.head, b.head)
	return c < 0 || c == 0 && a.rank < b.rank
}

// listed yields the connections of a list, as a run does.
func listed(all []*evidence.Conn) func() (*evidence.Conn, error) {
	return func() (*evidence.Conn, error) {
		if len(all) == 0 {
			return nil, nil
		}
		c := all[0]
		all = all[1:]
		return c, nil
	}
}
