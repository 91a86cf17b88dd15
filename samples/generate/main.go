// Generate makes the sample cases again, and cases of any size that are kept nowhere:
//
//	go run ./samples/generate [FOLDER]                       the samples; FOLDER is samples unless given
//	go run ./samples/generate capture -o FILE CAPTURE...     one large capture out of small ones
//	go run ./samples/generate evtx -o FILE LOG...            one large event log out of small ones
//	go run ./samples/generate office -o FOLDER               an office: a capture, and the logs of the hosts in it
//	go run ./samples/generate network -o FILE                the log of a server that writes down every connection
//	go run ./samples/generate sensor -o FOLDER               the logs of a network sensor, Zeek's or Suricata's
//
// -h after a word lists its flags. The same flags give the same bytes.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/wirewitness/wirewitness/samples/generate/cases"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return cases.Write("samples")
	}
	switch args[0] {
	case "capture":
		return capture(args[1:])
	case "evtx":
		return eventLog(args[1:])
	case "office":
		return office(args[1:])
	case "network":
		return network(args[1:])
	case "sensor":
		return sensor(args[1:])
	}
	if strings.HasPrefix(args[0], "-") {
		return fmt.Errorf("%s: no word of capture, evtx, office, network and sensor, and no folder for the samples", args[0])
	}
	return cases.Write(args[0])
}
