package parsers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// nameApart gives files of different arguments that share a name a short hash of their content, and the folders of
// such arguments one of everything that was found there, so that the logs of two sensors stay apart. Neither depends on
// the order of the arguments. The files must be sorted by name.
func nameApart(files []*opened) {
	times := timesNamed(files)
	labels := label(files, clashing(files))
	taken := map[string]int{}
	for _, o := range files {
		if times[o.Name] > 1 {
			o.Name += "#" + short(o.SHA256)
			if taken[o.Name]++; taken[o.Name]+times[o.Name] > 1 { // same name, same content: it does not matter which is which
				o.Name += fmt.Sprintf("-%d", taken[o.Name])
			}
		}
		o.folder += labels[o.root]
	}
}

// clashing are the arguments that share a name with another, by the folder they stand for.
func clashing(files []*opened) map[string]bool {
	times, clash := timesNamed(files), map[string]bool{}
	for _, o := range files {
		clash[o.root] = clash[o.root] || times[o.Name] > 1
	}
	return clash
}

func timesNamed(files []*opened) map[string]int {
	times := map[string]int{}
	for _, o := range files {
		times[o.Name]++
	}
	return times
}

// label returns a mark for each clashing argument, made from the names and contents below it.
func label(files []*opened, clash map[string]bool) map[string]string {
	labels := map[string]string{}
	for root, clashes := range clash {
		if !clashes {
			continue
		}
		h := sha256.New()
		for _, o := range files {
			if o.root == root {
				fmt.Fprintf(h, "%s %s\n", o.SHA256, o.name)
			}
		}
		labels[root] = "#" + short(hex.EncodeToString(h.Sum(nil)))
	}
	return labels
}

// short is how much of a hash tells names apart for people; "unread" stands for a file that could not be hashed.
func short(hash string) string {
	if hash == "" {
		return "unread"
	}
	return hash[:8]
}
