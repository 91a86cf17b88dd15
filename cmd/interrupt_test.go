package cmd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wirewitness/wirewitness/analyze"
	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/report"
)

// An interrupted list ends with a whole record, is not closed as if that were all, and what is said of it is so.
func TestInterruptedList(t *testing.T) {
	for _, tt := range []struct {
		format report.FlowFormat
		flows  int
		ends   string
		says   string
	}{
		{report.FlowJSONL, 5000, "}\n", "interrupted: what was printed is not all"},
		{report.FlowJSON, 5000, "}\n", "interrupted: what was printed is not all"},
		{report.FlowTable, 5001, "\n", "interrupted: what was printed is not all"},
		{report.FlowJSON, 1, "", "interrupted, nothing written"},
	} {
		var out, said bytes.Buffer
		sh := &shell{stdout: &out, stderr: &said}
		ctx, cancel := context.WithCancel(t.Context())
		err := tt.format.Write(&heeder{ctx, sh.stdout, &sh.printed}, func(yield func(*finding.Flow) bool) {
			for range tt.flows {
				if !yield(&finding.Flow{Host: "WS-07"}) {
					return
				}
			}
			cancel()
		}, report.Options{Width: 200})
		sh.interrupted()
		if !errors.Is(err, context.Canceled) || !strings.HasSuffix(out.String(), tt.ends) || (out.Len() > 0) != (tt.ends != "") {
			t.Errorf("%s: %v after %d bytes, the last %q", tt.format.Name, err, out.Len(), out.Bytes()[max(0, out.Len()-20):])
		}
		if !strings.Contains(said.String(), tt.says) {
			t.Errorf("%s: it says %q", tt.format.Name, said.String())
		}
	}
}

// An interrupted report is not printed, and of a case folder nothing stays but what was there before.
func TestInterruptedReport(t *testing.T) {
	result := &analyze.Result{Document: &finding.Document{}}
	for name, before := range map[string][]string{"no folder": nil, "a folder above": {"cases"}, "a folder": {"cases/one"}} {
		root := t.TempDir()
		dir := filepath.Join(root, "cases", "one")
		for _, made := range before {
			if err := os.MkdirAll(filepath.Join(root, made), 0o777); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		was := caseFiles
		caseFiles = append([]caseFile{}, caseFiles[0])
		write := caseFiles[0].write
		caseFiles[0].write = func(ctx context.Context, w io.Writer, r *analyze.Result) error {
			err := write(ctx, w, r)
			cancel()
			return err
		}
		var out, said bytes.Buffer
		sh := &shell{stdout: &out, stderr: &said}
		err := sh.writeCase(ctx, dir, result)
		caseFiles = was
		var left []string
		filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
			if rel, _ := filepath.Rel(root, path); rel != "." && err == nil {
				left = append(left, filepath.ToSlash(rel))
			}
			return err
		})
		want := map[string]string{"no folder": "", "a folder above": "cases", "a folder": "cases cases/one"}[name]
		if got := strings.Join(left, " "); !errors.Is(err, context.Canceled) || got != want {
			t.Errorf("%s: %v, there is %q, want %q", name, err, got, want)
		}
		if err := sh.print(ctx, func(w io.Writer) error { _, err := w.Write([]byte("report")); return err }); !errors.Is(err, context.Canceled) || out.Len() > 0 {
			t.Errorf("%s: %v, %q is printed", name, err, out.String())
		}
	}
}
