package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/wirewitness/wirewitness/samples/generate/cases"
	"github.com/wirewitness/wirewitness/samples/generate/evtxfile"
	"github.com/wirewitness/wirewitness/samples/generate/replay"
)

func capture(args []string) error {
	var size replay.Size
	set := flag.NewFlagSet("capture", flag.ExitOnError)
	out := set.String("o", "", "file to write")
	set.Uint64Var(&size.Packets, "packets", 0, "end after so many packets")
	set.Uint64Var(&size.Flows, "flows", 0, "end after so many flows")
	set.Uint64Var(&size.Bytes, "bytes", 0, "end after so many bytes")
	set.DurationVar(&size.Every, "every", 30*time.Second, "how much later each repetition begins")
	set.UintVar(&size.Networks, "networks", 0, "repetitions after which the addresses are the first again (0: never)")
	set.BoolVar(&size.Peers, "peers", false, "let the addresses of the internet differ between repetitions too")
	names, err := inputs(set, args)
	if err != nil {
		return err
	}
	if size.Packets == 0 && size.Flows == 0 && size.Bytes == 0 {
		return errors.New("one of -packets, -flows and -bytes is needed")
	}
	return create(*out, func(f *os.File) (fmt.Stringer, error) { return replay.Capture(f, names, size) })
}

func office(args []string) error {
	var l cases.Large
	set := flag.NewFlagSet("office", flag.ExitOnError)
	out := set.String("o", "", "folder to write into")
	set.IntVar(&l.Hosts, "hosts", 100, "workstations")
	set.IntVar(&l.Flows, "flows", 100_000, "end after the minute with so many flows")
	set.Float64Var(&l.Logged, "logged", 0.8, "share of the workstations that keep a log")
	if err := set.Parse(args); err != nil {
		return err
	}
	if l.Hosts < 1 || l.Hosts > maxHosts {
		return fmt.Errorf("%d hosts: the office has room for 1 to %d", l.Hosts, maxHosts)
	}
	made, err := l.Write(*out)
	if err != nil {
		return err
	}
	_, err = fmt.Println(made)
	return err
}

func network(args []string) error {
	var n cases.Network
	set := flag.NewFlagSet("network", flag.ExitOnError)
	out := set.String("o", "", "file to write")
	set.Int64Var(&n.Bytes, "bytes", 1<<30, "size of the file, 4 GiB at most")
	set.BoolVar(&n.Sysmon, "sysmon", false, "Sysmon's log instead of Security's")
	if err := set.Parse(args); err != nil {
		return err
	}
	return create(*out, func(f *os.File) (fmt.Stringer, error) { return n.Write(f) })
}

func sensor(args []string) error {
	var s cases.Sensor
	set := flag.NewFlagSet("sensor", flag.ExitOnError)
	out := set.String("o", "", "folder to write into")
	set.IntVar(&s.Connections, "connections", 1_000_000, "how many")
	set.StringVar(&s.Shape, "shape", "tsv", "tsv or json for Zeek's logs, eve for Suricata's")
	if err := set.Parse(args); err != nil {
		return err
	}
	made, err := s.Write(*out)
	if err != nil {
		return err
	}
	_, err = fmt.Println(made)
	return err
}

// maxHosts is what the addresses of the office's networks suffice for.
const maxHosts = 250 * 200

// inputs parses the flags and returns the files named after them and those in folders named after them.
func inputs(set *flag.FlagSet, args []string) (names []string, err error) {
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	for _, root := range set.Args() {
		err = cmp.Or(err, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, name)
			}
			return err
		}))
	}
	return names, err
}

// create makes a file and prints what went into it.
func create(name string, write func(*os.File) (fmt.Stringer, error)) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	made, err := write(f)
	if err := cmp.Or(err, f.Close()); err != nil {
		return err
	}
	_, err = fmt.Println(made)
	return err
}

func eventLog(args []string) error {
	set := flag.NewFlagSet("evtx", flag.ExitOnError)
	out := set.String("o", "", "file to write")
	size := set.Int64("bytes", 1<<30, "size of the file, 4 GiB at most")
	every := set.Duration("every", time.Hour, "how much later each repetition is")
	names, err := inputs(set, args)
	if err != nil {
		return err
	}
	var logs [][]byte
	for _, name := range names {
		log, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		logs = append(logs, log)
	}
	return create(*out, func(f *os.File) (fmt.Stringer, error) { return evtxfile.Repeat(f, logs, *size, *every) })
}
