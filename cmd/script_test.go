package cmd

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"wirewitness": func() { os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the program as a user would: one script per exit status, and a few about promises. Every script has
// a copy of testdata/evidence.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			return os.CopyFS(filepath.Join(env.WorkDir, "evidence"), os.DirFS("testdata/evidence"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": status, "sparse": sparse, "names": count, "interrupt": interrupt,
		},
	})
}

// status runs a program and compares its exit status: status 3 wirewitness inspect evidence
func status(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want || neg {
		ts.Fatalf("exit status %d, want %d\n%s%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// sparse makes a file of zeros that takes no room on the disk: sparse NAME SIZE
func sparse(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), nil, 0o600))
	ts.Check(os.Truncate(ts.MkAbs(args[0]), size))
}

// count checks how many names a folder holds, hidden ones included: names FOLDER N
func count(ts *testscript.TestScript, _ bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if strconv.Itoa(len(entries)) != args[1] {
		ts.Fatalf("%s holds %v", args[0], entries)
	}
}

// interrupt starts a program, lets it get to work, presses Ctrl-C and wants it to end with 130 within a second.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	c := exec.Command(firstInPath(ts, args[0]), args[1:]...)
	c.Dir, c.Env = ts.MkAbs("."), append(os.Environ(), "PATH="+ts.Getenv("PATH"))
	ts.Check(c.Start())
	time.Sleep(500 * time.Millisecond)
	start := time.Now()
	ts.Check(c.Process.Signal(os.Interrupt))
	c.Wait()
	if took := time.Since(start); c.ProcessState.ExitCode() != statusInterrupted || took > 2*time.Second {
		ts.Fatalf("exit status %d after %v", c.ProcessState.ExitCode(), took)
	}
}

func firstInPath(ts *testscript.TestScript, name string) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if p := filepath.Join(dir, name); exists(p) {
			return p
		}
	}
	ts.Fatalf("%s is not in PATH", name)
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
