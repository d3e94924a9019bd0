package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/tensor"
)

// embedded is a run, a folder of 12 pictures of which the last two have the same
// bytes, and their index.
func embedded(t *testing.T) (run, dir, index string) {
	t.Helper()
	run, dir = tinyRun(t), pictures(t, 11)
	copied := []byte(read(t, filepath.Join(dir, "p10.png")))
	if err := os.WriteFile(filepath.Join(dir, "p11.png"), copied, 0o644); err != nil {
		t.Fatal(err)
	}
	index = filepath.Join(t.TempDir(), "photos.npy")
	if _, _, err := execute("embed", "--model", run, "--data", "folder:"+dir, "--out", index); err != nil {
		t.Fatal(err)
	}
	return run, dir, index
}

func TestSearch(t *testing.T) {
	run, dir, index := embedded(t)
	t.Run("finds the file itself", func(t *testing.T) { searchFile(t, run, dir, index) })
	t.Run("by name needs no model", func(t *testing.T) { searchName(t, index) })
	t.Run("duplicates", func(t *testing.T) { searchDuplicates(t, dir, index) })
	t.Run("typical images", func(t *testing.T) { searchTypical(t, index) })
	t.Run("a query that is torn", func(t *testing.T) { searchTorn(t, run, dir, index) })
	t.Run("refuses", func(t *testing.T) { searchRefuses(t, run, dir, index) })
}

func searchFile(t *testing.T, run, dir, index string) {
	sheet, query := filepath.Join(t.TempDir(), "near.png"), filepath.Join(dir, "p03.png")
	args := []string{"search", "--index", index, "--model", run, query, "-k", "4", "--sheet", sheet}
	out, messages, err := execute(args...)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out, "\n")
	if len(lines) != 6 || lines[0] != "near "+query || lines[1] != "  1.0000  p03.png" {
		t.Errorf("stdout %q", out)
	}
	if messages != "sheet: "+sheet+"\n" {
		t.Errorf("stderr %q", messages)
	}
	if _, err := png.Decode(strings.NewReader(read(t, sheet))); err != nil {
		t.Error(err)
	}
}

func searchName(t *testing.T, index string) {
	args := []string{"search", "--index", index, "--name", "p10.png", "--name", "p00.png", "--json", "-k", "3"}
	out, _, err := execute(args...)
	var r struct{ Queries []found }
	if err == nil {
		err = json.Unmarshal([]byte(out), &r)
	}
	if err != nil || len(r.Queries) != 2 || r.Queries[1].Query != "p00.png" {
		t.Fatalf("%v, %q", err, out)
	}
	nearest := embedding.Match{Index: 11, Name: "p11.png", Cosine: 1}
	if m := r.Queries[0].Matches; len(m) != 3 || m[0] != nearest {
		t.Errorf("near p10.png: %v", m)
	}
}

func searchDuplicates(t *testing.T, dir, index string) {
	sheet := filepath.Join(t.TempDir(), "twins.html")
	args := []string{"search", "--index", index, "--duplicates", "--threshold", "1", "--sheet", sheet}
	out, _, err := execute(args...)
	want := "1 group of near-duplicates (cosine at least 1): 2 of 12 images\n\n" +
		"group 1: 2 images with equal vectors\n  p10.png\n  p11.png\n"
	if err != nil || out != want {
		t.Errorf("%v, stdout %q, want %q", err, out, want)
	}
	if html := read(t, sheet); strings.Count(html, "data:image/") != 2 || !strings.Contains(html, "p11.png") {
		t.Errorf("sheet of %d bytes", len(html))
	}
	_, _, err = execute(args...)
	if exitCode(err) != exitUsage || !strings.Contains(err.Error(), sheet+" exists") {
		t.Errorf("a sheet in the place of a file: %v", err)
	}
	out, messages, err := execute(append(args, "--json", "--overwrite", "--image-folder", t.TempDir())...)
	var r twins
	if err == nil {
		err = json.Unmarshal([]byte(out), &r)
	}
	pair := twinPair{"p10.png", "p11.png", 1}
	if err != nil || len(r.Pairs) != 1 || r.Pairs[0] != pair || len(r.Groups) != 1 {
		t.Errorf("%v, %q", err, out)
	}
	if !strings.Contains(messages, "note: 2 images of the sheet cannot be shown") {
		t.Errorf("another folder: stderr %q", messages)
	}
}

func searchTypical(t *testing.T, index string) {
	sheet := filepath.Join(t.TempDir(), "first.html")
	out, _, err := execute("search", "--index", index, "--typical", "11", "--sheet", sheet)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if err != nil || len(lines) != 3+11 || lines[3] != "       2  p10.png" {
		t.Errorf("%v, stdout %q: want p10.png to stand for p11.png, its copy", err, out)
	}
	if html := read(t, sheet); strings.Count(html, "data:image/") != 11 || !strings.Contains(html, "1 to 10") {
		t.Errorf("sheet of %d bytes", len(html))
	}
	out, _, err = execute("search", "--index", index, "--typical", "3", "--json")
	var r representatives
	if err == nil {
		err = json.Unmarshal([]byte(out), &r)
	}
	if err != nil || r.Images != 12 || len(r.Typical) != 3 ||
		r.Typical[0].Images+r.Typical[1].Images+r.Typical[2].Images != 12 {
		t.Errorf("%v, %q", err, out)
	}
}

func searchTorn(t *testing.T, run, dir, index string) {
	torn, sound := filepath.Join(dir, "torn.png"), filepath.Join(dir, "p00.png")
	out, messages, err := execute("search", "--index", index, "--model", run, torn, sound)
	if exitCode(err) != exitFailure || !strings.Contains(err.Error(), "1 of 2 queries") {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(messages, torn) || !strings.Contains(out, "1.0000  p00.png") {
		t.Errorf("stdout %q, stderr %q", out, messages)
	}
	out, messages, err = execute("search", "--index", index, "--name", "p00.png", "--model", run, torn)
	if exitCode(err) != exitFailure || !strings.Contains(err.Error(), "1 of 1 queries") {
		t.Errorf("beside a name: error %v", err)
	}
	if !strings.Contains(messages, torn) || !strings.HasPrefix(out, "near p00.png\n") {
		t.Errorf("beside a name: stdout %q, stderr %q", out, messages)
	}
}

func searchRefuses(t *testing.T, run, dir, index string) {
	other := filepath.Join(t.TempDir(), "other")
	if _, _, err := execute(tiny(other, "--max-steps", "1", "--seed", "9")...); err != nil {
		t.Fatal(err)
	}
	query, sheet := filepath.Join(dir, "p00.png"), filepath.Join(t.TempDir(), "x.png")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{}, exitUsage, "--index is missing"},
		{[]string{"--index", index}, exitUsage, "nothing to look for"},
		{[]string{"--index", index, query}, exitUsage, "--model is missing"},
		{[]string{"--index", index, "--duplicates", query}, exitUsage, "whole index"},
		{[]string{"--index", index, "--duplicates", "-k", "3"}, exitUsage, "--threshold"},
		{[]string{"--index", index, "--typical", "0"}, exitUsage, "--typical 0"},
		{[]string{"--index", index, "--typical", "13"}, exitUsage, "--typical 13: the index has 12 images"},
		{[]string{"--index", index, "--typical", "3", "--duplicates"}, exitUsage, "whole index"},
		{[]string{"--index", index, "--typical", "3", "-k", "3"}, exitUsage, "whole index"},
		{[]string{"--index", index, "--typical", "3", "--threshold", "0.9"}, exitUsage, "--threshold needs"},
		{[]string{"--index", index, "--duplicates", "--threshold", "98"}, exitUsage, "--threshold 98"},
		{[]string{"--index", index, "--name", "p00.png", "--threshold", "0.9"}, exitUsage, "--duplicates"},
		{[]string{"--index", index, "--name", "p00.png", "--model", "none"}, exitUsage, "--model is for an IMAGE"},
		{[]string{"--index", index, "--name", "p00.png", "-k", "0"}, exitUsage, "-k 0"},
		{[]string{"--index", index, "--name", "p00.png", "--sheet", "x.gif"}, exitUsage, ".png or .html"},
		{[]string{"--index", index, "--name", "p00.png", "--image-folder", dir}, exitUsage, "--sheet"},
		{[]string{"--index", index, "--name", "cat.jpg"}, exitFailure, `"cat.jpg"`},
		{[]string{"--index", index, "--model", other, query}, exitFailure, "not hold vectors of " + other + ": "},
		{[]string{"--index", index, "--model", dir, query}, exitFailure, dir},
		{[]string{"--index", index, "--model", run, filepath.Join(dir, "none.jpg")}, exitFailure, "none.jpg"},
		{[]string{"--index", query, "--name", "a"}, exitFailure, "--index"},
		{
			[]string{"--index", index, "--name", "p00.png", "--sheet", sheet, "--image-folder", dir + "/none"},
			exitFailure, "no folder " + dir + "/none",
		},
		{
			[]string{"--index", index, "--name", "p00.png", "--sheet", filepath.Join(dir, "none", "x.png")},
			exitFailure, "no folder " + filepath.Join(dir, "none"),
		},
	} {
		out, _, err := execute(append([]string{"search"}, c.args...)...)
		code, text := exitCode(err), fmt.Sprint(err)
		if code != c.code || !strings.Contains(text, c.want) || strings.Contains(text, "\n") {
			t.Errorf("%q: exit %d, %s, want %d, %q", c.args, code, text, c.code, c.want)
		}
		if out != "" {
			t.Errorf("%q: stdout %q", c.args, out)
		}
	}
	if _, err := os.Stat(sheet); err == nil {
		t.Error("a sheet was written")
	}
}

// The set of a data set that is no folder shows its images too.
func TestSearchShowsTheImagesOfAnySpec(t *testing.T) {
	run, dir := tinyRun(t), t.TempDir()
	index, sheet := filepath.Join(dir, "shapes.npy"), filepath.Join(dir, "sheet.png")
	args := []string{"embed", "--model", run, "--data", "shapes:train=6,test=3", "--split", "test"}
	_, _, err := execute(append(args, "--out", index)...)
	if err != nil {
		t.Fatal(err)
	}
	set, err := embedding.Load(index)
	if err != nil {
		t.Fatal(err)
	}
	_, messages, err := execute("search", "--index", index, "--name", set.Names[2], "--sheet", sheet)
	if err != nil || messages != "sheet: "+sheet+"\n" { // and no note of lost images
		t.Errorf("%v, stderr %q", err, messages)
	}
}

// An index lacks the images of its data that cannot be read, here the second.
func TestSearchShowsDataWithAnUnreadableImage(t *testing.T) {
	run, dir := tinyRun(t), t.TempDir()
	folder := photoFolder(t, "cat/1.png", "cat/2.png!", "dog/3.png", "dog/4.png")
	index, sheet := filepath.Join(dir, "a.npy"), filepath.Join(dir, "s.html")
	pack := "packed:" + filepath.Join(dir, "pack")
	mustRun(t, "data pack --max-unreadable 0.5 --out "+filepath.Join(dir, "pack"), "folder:"+folder)
	mustRun(t, "embed --model "+run, "--data", pack, "--out", index)
	_, messages, err := execute("search", "--index", index, "--name", "dog/3.png", "--sheet", sheet)
	if err != nil || messages != "sheet: "+sheet+"\n" {
		t.Fatalf("%v, %s", err, messages)
	}
	p, err := loadedThumbnails(index)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range p.set.Names {
		want := report.Thumbnail(mustRead(t, filepath.Join(folder, filepath.FromSlash(name))))
		if got := p.image(i); !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("row %d is not %s", i, name)
		}
	}
}

// A folder may be named from home: the spec is kept as it was typed.
func TestSearchShowsAFolderFromHome(t *testing.T) {
	run, dir := tinyRun(t), t.TempDir()
	home := photoFolder(t, "photos/1.png", "photos/2.png")
	t.Setenv("HOME", home)
	t.Chdir(dir)
	mustRun(t, "embed --model "+run+" --data folder:~/photos --out a.npy")
	_, messages, err := execute("search", "--index", "a.npy", "--name", "1.png", "--sheet", "s.png")
	if err != nil || messages != "sheet: s.png\n" {
		t.Errorf("%v, %s", err, messages)
	}
}

func loadedThumbnails(index string) (*thumbnails, error) {
	set, err := embedding.Load(index)
	if err != nil {
		return nil, err
	}
	return thumbnailsOf(context.Background(), set, "")
}

func mustRead(t *testing.T, path string) tensor.Image {
	t.Helper()
	img, err := imagefile.Read(path, imagefile.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return img
}
