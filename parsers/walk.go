package parsers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A found is a file under one of the arguments.
type found struct {
	root string // the folder that was given, or the folder of the file that was, links resolved
	path string // to open it by
	name string // relative to the argument, forward slashes
	size int64
	err  error // why it is not opened
}

// walk lists the files under args by name. An argument that is not there is an error; anything below one that cannot
// be listed is found with its error. A file that several arguments lead to is found once.
func walk(ctx context.Context, args []string) ([]found, error) {
	var all []found
	for _, arg := range args {
		root, err := resolve(arg)
		if err != nil {
			return nil, err
		}
		fs, err := walkOne(ctx, root, filepath.Base(filepath.Clean(arg)))
		if err != nil {
			return nil, err
		}
		all = append(all, fs...)
	}
	return once(all), nil
}

// resolve returns the place of an argument. Links are followed here only: the user named them.
func resolve(arg string) (string, error) {
	info, err := os.Stat(arg)
	if err != nil {
		return "", err
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s: %w", arg, specialError{info.Mode()})
	}
	path, err := filepath.EvalSymlinks(arg)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

func walkOne(ctx context.Context, root, base string) ([]found, error) {
	var all []found
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil && (d.IsDir() || isInside(root, path, d)):
			return nil
		}
		f := found{root: root, path: path, name: relative(root, path, base), err: cause(err)}
		if path == root && err == nil {
			f.root = filepath.Dir(root)
		}
		if err == nil {
			f.look(d)
		}
		all = append(all, f)
		return nil
	})
	return all, err
}

// look fills in the size of a regular file, and the reason where it is none: a pipe or a device could hang the run or
// never end.
func (f *found) look(d fs.DirEntry) {
	switch {
	case d.Type()&fs.ModeSymlink != 0:
		f.err = errLink
	case !d.Type().IsRegular():
		f.err = specialError{d.Type()}
	default:
		info, err := d.Info()
		if f.err = cause(err); err == nil {
			f.size = info.Size()
		}
	}
}

var errLink = errors.New("symbolic link that leads out of the evidence or nowhere, not followed")

// A specialError is a file that holds no bytes of its own.
type specialError struct{ mode fs.FileMode }

func (e specialError) Error() string {
	switch {
	case e.mode&fs.ModeNamedPipe != 0:
		return "named pipe, not opened"
	case e.mode&fs.ModeSocket != 0:
		return "socket, not opened"
	case e.mode&fs.ModeDevice != 0:
		return "device, not opened"
	}
	return "not a regular file, not opened"
}

// isInside tells whether a symbolic link leads to something in the same tree, which the walk meets anyway.
func isInside(root, path string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return false
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(root, target)
	return err == nil && filepath.IsLocal(rel)
}

func relative(root, path, base string) string {
	rel, err := filepath.Rel(root, path)
	if err != nil || rel == "." {
		return base
	}
	return filepath.ToSlash(rel)
}

// cause strips the path from a file system error: reports name files relative to their argument.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Op, p.Err)
	}
	return err
}

// once keeps one of several ways to the same file: the longest name, which says most about where it lay. The result
// is ordered by name and does not depend on the order of the arguments.
func once(all []found) []found {
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(len(b.name), len(a.name)), cmp.Compare(a.name, b.name))
	})
	all = slices.CompactFunc(all, func(a, b found) bool { return a.path == b.path })
	slices.SortFunc(all, func(a, b found) int { return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.path, b.path)) })
	return all
}

// open opens a found file read-only and makes sure that it is still the regular file that was listed.
func (f *found) open() (*os.File, fs.FileInfo, error) {
	if f.err != nil {
		return nil, nil, f.err
	}
	file, err := os.Open(f.path)
	if err != nil {
		return nil, nil, cause(err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = specialError{info.Mode()}
	}
	if err != nil {
		file.Close()
		return nil, nil, cause(err)
	}
	return file, info, nil
}
