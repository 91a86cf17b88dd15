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
	_, err = fmt.Fprintln(os.Stdout, made)
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
