package pcap

import (
	"slices"
	"testing"
)

// TestBesideMemory: what is looked at is not what is being filled, and whoever has enough ends the other.
func TestBesideMemory(t *testing.T) {
	for _, enough := range []int{0, 1, rooms, 1000} {
		yielded, seen, over := 0, 0, make(chan bool, 1)
		numbers := func(yield func(*int) bool) {
			defer func() { over <- true }()
			var memory [rooms]int
			for yielded < 1000 {
				n := &memory[yielded%rooms]
				*n = yielded
				if yielded++; !yield(n) {
					return
				}
			}
		}
		for n := range beside(numbers) {
			if *n != seen {
				t.Fatalf("%d instead of %d", *n, seen)
			}
			if seen == enough {
				break
			}
			seen++
		}
		if len(over) == 0 {
			t.Error("still running")
		}
		if yielded > min(enough+1+rooms, 1000) || seen != min(enough, 1000) {
			t.Errorf("%d yielded, %d seen of %d", yielded, seen, enough)
		}
	}
}

// TestBesideTwice: what is handed on by one to another may be used again after twice as many.
func TestBesideTwice(t *testing.T) {
	numbers := beside(func(yield func(*int) bool) {
		var memory [2 * rooms]int
		for i := range 1000 {
			memory[i%len(memory)] = i
			if !yield(&memory[i%len(memory)]) {
				return
			}
		}
	})
	seen := 0
	for n := range beside(func(yield func(*int) bool) { numbers(yield) }) {
		if *n != seen {
			t.Fatalf("%d instead of %d", *n, seen)
		}
		seen++
	}
	if seen != 1000 {
		t.Errorf("%d of 1000", seen)
	}
}

// TestBesidePanics: what panics in any of three that hand on to each other comes back to the caller, and by then all have ended.
func TestBesidePanics(t *testing.T) {
	const stages, n = 3, 100
	for bad := range stages {
		var ended [stages]bool
		at := func(stage, i int) {
			if stage == bad && i == n/2 {
				panic("defect")
			}
		}
		run := func() (panicked any) {
			defer func() { panicked = recover() }()
			numbers := beside(func(yield func(int) bool) {
				defer func() { ended[0] = true }()
				for i := 0; i < n && yield(i); i++ {
					at(0, i)
				}
			})
			passed := beside(func(yield func(int) bool) {
				defer func() { ended[1] = true }()
				for i := range numbers {
					if at(1, i); !yield(i) {
						return
					}
				}
			})
			defer func() { ended[2] = true }()
			for i := range passed {
				at(2, i)
			}
			return nil
		}
		if p := run(); p != "defect" || slices.Contains(ended[:], false) {
			t.Errorf("stage %d: %v came back, ended %v", bad, p, ended)
		}
	}
}
