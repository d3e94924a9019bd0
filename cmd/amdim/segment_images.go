package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/data/imagefile"
)

// subjects are images, each with the name of its files below --out: with slashes and
// without an ending.
type subjects struct {
	names []string
	files []string
	set   data.Dataset // nil: files
}

// open finds the images; none is read.
func (s *segmenting) open(ctx context.Context, files []string) (*subjects, error) {
	if s.data == "" {
		names, err := namesOfFiles(files)
		return &subjects{names: namesOf(names), files: files}, err
	}
	set, _, err := data.OpenSplit(s.data, s.split, data.Options{Context: ctx})
	if err != nil {
		return nil, err
	}
	named, ok := set.(data.Named)
	names := make([]string, set.Len())
	for i := range names {
		if ok {
			names[i] = named.Name(i)
		}
		if !ok || !filepath.IsLocal(filepath.FromSlash(names[i])) {
			names[i] = fmt.Sprintf("%0*d", len(fmt.Sprint(len(names)-1)), i)
		}
	}
	return &subjects{names: namesOf(names), set: set}, nil
}

// image reads image i, whole and upright.
func (p *subjects) image(ctx context.Context, i int) (image.Image, error) {
	if p.set != nil {
		img, err := p.set.Image(i)
		if err != nil {
			return nil, err
		}
		return imagefile.RGBA(img), nil
	}
	file, err := imagefile.Bytes(p.files[i], imagefile.Limits{})
	if err != nil {
		return nil, &amdim.Unreadable{Name: p.files[i], Err: err}
	}
	img, err := amdim.DecodeContext(ctx, file)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, &amdim.Unreadable{Name: p.files[i], Err: errors.Unwrap(err)} // without "amdim: decode"
	}
	return img, nil
}

// segment divides image i.
func (p *subjects) segment(
	ctx context.Context, m *amdim.Model, i int, o amdim.SegmentOptions,
) (*amdim.Segmentation, error) {
	img, err := p.image(ctx, i)
	if err != nil {
		return nil, err
	}
	made, err := m.Segment(ctx, img, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.given(i), err)
	}
	return made, nil
}

// given is image i as the user knows it.
func (p *subjects) given(i int) string {
	if p.set == nil {
		return p.files[i]
	}
	return data.Name(p.set, i)
}

// namesOf are paths without their endings; those that would share a name keep them, and
// so do those that would take the name of one that keeps it. Stems that differ in capitals
// alone are shared, as on many disks.
func namesOf(paths []string) []string {
	shared := map[string]int{} // by how many paths: as a stem, or whole
	stem := func(p string) string { return strings.TrimSuffix(p, path.Ext(p)) }
	for _, p := range paths {
		for _, name := range slices.Compact([]string{stem(p), p}) {
			shared[strings.ToLower(name)]++
		}
	}
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = p
		if s := stem(p); shared[strings.ToLower(s)] == 1 && path.Base(s) != "." && !strings.HasSuffix(s, "/") {
			names[i] = s
		}
	}
	return names
}

// namesOfFiles are the names of files or, where two are alike, their paths below the
// folder that holds them all.
func namesOfFiles(files []string) ([]string, error) {
	names, whole := make([]string, len(files)), make([]string, len(files))
	met, folder, alike := map[string]bool{}, "", false
	for i, f := range files {
		full, err := filepath.Abs(f)
		if err != nil {
			return nil, err
		}
		whole[i], names[i] = full, filepath.Base(full)
		if met[full] {
			return nil, usagef("%s is named twice", f)
		}
		name := strings.ToLower(names[i])
		alike = alike || met[name]
		met[full], met[name] = true, true
		if i == 0 {
			folder = filepath.Dir(full)
		}
		for up := filepath.Dir(folder); !below(full, folder) && up != folder; up = filepath.Dir(folder) {
			folder = up
		}
	}
	if !alike {
		return names, nil
	}
	for i, full := range whole {
		if !below(full, folder) {
			return nil, usagef("%s and others of its name are on several volumes: segment them one by one", files[i])
		}
		rel, err := filepath.Rel(folder, full)
		if err != nil {
			return nil, err
		}
		names[i] = filepath.ToSlash(rel)
	}
	return names, nil
}

// folderAmong is the first of the paths that is a folder.
func folderAmong(paths []string) (string, bool) {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return path, true
		}
	}
	return "", false
}

// below reports whether a cleaned path lies in a folder or deeper.
func below(file, folder string) bool {
	rel, err := filepath.Rel(folder, file)
	return err == nil && filepath.IsLocal(rel)
}
