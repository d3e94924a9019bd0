package data

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// parseList reads a list of files with their labels: lines of a path below some
// folder, with slashes, a space, and a label from 0 to below classes. The names
// share memory with text. No file may be listed twice.
func parseList(text string, classes int) ([]file, error) {
	text = strings.TrimSuffix(text, "\n")
	files := make([]file, 0, strings.Count(text, "\n")+1)
	seen := make(map[string]struct{}, cap(files))
	for line := range strings.SplitSeq(text, "\n") {
		f, err := parseListed(strings.TrimSuffix(line, "\r"), classes)
		if err == nil {
			if _, twice := seen[f.name]; twice {
				err = fmt.Errorf("%s is in it twice", f.name)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(files)+1, err)
		}
		seen[f.name] = struct{}{}
		files = append(files, f)
	}
	return files, nil
}

func parseListed(line string, classes int) (file, error) {
	at := strings.LastIndexByte(line, ' ')
	if at < 0 {
		return file{}, fmt.Errorf("%.60q, need a path, a space and a label", line)
	}
	name, number := line[:at], line[at+1:]
	if !fs.ValidPath(name) || !filepath.IsLocal(filepath.FromSlash(name)) || path.Dir(name) == "." {
		return file{}, fmt.Errorf("%.60q is not a path inside the folder of a class", name)
	}
	label, err := strconv.Atoi(number)
	if err != nil || label < 0 || label >= classes {
		return file{}, fmt.Errorf("label %.20q, need 0 to %d", number, classes-1)
	}
	return file{name: name, label: label}, nil
}

// classPaths are the folders of the classes in a list: one per class, and no two the same.
type classPaths struct {
	paths  []string // by label; empty: none yet
	labels map[string]int
}

func newClassPaths(classes int) *classPaths {
	return &classPaths{make([]string, classes), make(map[string]int, classes)}
}

// add checks the files of a list, which must cover all classes, against those
// added before.
func (c *classPaths) add(files []file) error {
	here := make([]bool, len(c.paths))
	for i, f := range files {
		dir := path.Dir(f.name)
		if c.paths[f.label] == "" {
			if other, taken := c.labels[dir]; taken {
				return fmt.Errorf("line %d: %s has label %d, before it had %d", i+1, dir, f.label, other)
			}
			c.paths[f.label], c.labels[dir] = dir, f.label
		}
		if was := c.paths[f.label]; was != dir {
			return fmt.Errorf("line %d: label %d is %s, before it was %s", i+1, f.label, dir, was)
		}
		here[f.label] = true
	}
	if label := slices.Index(here, false); label >= 0 {
		return fmt.Errorf("no image with label %d in it, need all of 0 to %d", label, len(here)-1)
	}
	return nil
}

// names returns the class names, without the letter that folders may be filed
// under: "abbey" for a/abbey.
func (c *classPaths) names() []string {
	names := slices.Clone(c.paths)
	for i, dir := range names {
		if letter, rest, below := strings.Cut(dir, "/"); below && len(letter) == 1 {
			names[i] = rest
		}
	}
	return names
}
