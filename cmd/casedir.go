package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/wirewitness/wirewitness/analyze"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/report"
)

// A caseFile is one file of a case folder.
type caseFile struct {
	name  string
	write func(ctx context.Context, w io.Writer, r *analyze.Result) error
}

var caseFiles = []caseFile{
	{"report.html", func(_ context.Context, w io.Writer, r *analyze.Result) error {
		return report.HTML.Write(w, r.Document, report.Options{})
	}},
	{"findings.json", func(_ context.Context, w io.Writer, r *analyze.Result) error {
		return report.JSON.Write(w, r.Document, report.Options{})
	}},
	{"flows.jsonl", func(ctx context.Context, w io.Writer, r *analyze.Result) error {
		return r.EachFlow(ctx, func(flows iter.Seq[*finding.Flow]) error { return report.FlowJSONL.Write(w, flows, report.Options{}) })
	}},
	{"manifest.json", func(_ context.Context, w io.Writer, r *analyze.Result) error {
		return report.WriteManifest(w, r.Document)
	}},
}

// writeCase writes all files under temporary names and renames them only when all are complete. Of what is not, nothing stays,
// nor does a folder that was made for it.
func (sh *shell) writeCase(ctx context.Context, dir string, r *analyze.Result) (err error) {
	made := missing(dir)
	clean := func() {
		for _, f := range caseFiles {
			os.Remove(temporary(dir, f.name)) // nothing is there after success
		}
		for _, folder := range made {
			os.Remove(folder) // which does nothing where something is in it
		}
	}
	defer clean()
	if err := writeFiles(ctx, sh.watch(ctx, clean), dir, r); err != nil {
		return err
	}
	for _, f := range caseFiles {
		if err := os.Rename(temporary(dir, f.name), filepath.Join(dir, f.name)); err != nil {
			return err
		}
	}
	return nil
}

// missing lists the folders that have to be made for dir to be there, dir first.
func missing(dir string) (all []string) {
	for {
		if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
			return all
		}
		all, dir = append(all, dir), filepath.Dir(dir)
	}
}

// writeFiles writes all files under temporary names, and calls done once nothing more is half written.
func writeFiles(ctx context.Context, done func(), dir string, r *analyze.Result) error {
	defer done()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, f := range caseFiles {
		if err := writeFile(ctx, temporary(dir, f.name), f, r); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	return ctx.Err()
}

func temporary(dir, name string) string {
	return filepath.Join(dir, fmt.Sprintf(".%s.%d.tmp", name, os.Getpid()))
}

func writeFile(ctx context.Context, path string, f caseFile, r *analyze.Result) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := bufio.NewWriterSize(file, 1<<20)
	if err := f.write(ctx, &heeder{ctx: ctx, to: w}, r); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return file.Sync()
}

// outside makes sure that nothing is written into the evidence: neither into a folder that was given, nor over a file.
// Files are compared, not names: links, mounts and spellings lead to the same place.
func outside(dir string, evidence []string) error {
	for _, arg := range evidence {
		info, err := os.Stat(arg)
		if err != nil {
			return err
		}
		inside, err := within(dir, info)
		if err != nil {
			return fmt.Errorf("--out %s: %w", dir, err)
		}
		if inside {
			return fmt.Errorf("--out %s lies inside the evidence %s", dir, arg)
		}
		for _, f := range caseFiles {
			if there, err := os.Stat(filepath.Join(dir, f.name)); err == nil && os.SameFile(there, info) {
				return fmt.Errorf("--out %s would write over the evidence %s", dir, arg)
			}
		}
	}
	return nil
}

// within tells whether dir, which need not exist yet, is the given folder or lies below it.
func within(dir string, folder os.FileInfo) (bool, error) {
	path, err := existing(dir)
	if err != nil {
		return false, err
	}
	for {
		if info, err := os.Stat(path); err == nil && os.SameFile(info, folder) {
			return true, nil
		}
		up := filepath.Dir(path)
		if up == path {
			return false, nil
		}
		path = up
	}
}

// existing returns the real path of dir, or of its nearest parent that exists.
func existing(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		real, err := filepath.EvalSymlinks(path)
		if err == nil || !errors.Is(err, os.ErrNotExist) {
			return real, err
		}
		path = filepath.Dir(path)
	}
}
