// Generate makes the sample cases again:
//
//	go run ./samples/generate [FOLDER]
//
// FOLDER is samples unless given.
package main

import (
	"fmt"
	"os"

	"github.com/wirewitness/wirewitness/samples/generate/cases"
)

func main() {
	folder := "samples"
	if len(os.Args) > 1 {
		folder = os.Args[1]
	}
	if err := cases.Write(folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
