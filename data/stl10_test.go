package data

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// smallSTL is four training images in two folds, two to test and three unlabelled.
var smallSTL = func() stl {
	s := stl10
	s.training, s.test, s.unlabelled, s.folds, s.perFold = 4, 2, 3, 2, 2
	return s
}()

// stlPlanes is an image in which no two neighbours are alike.
func stlPlanes(salt int) []byte {
	p := make([]byte, stlImage)
	for i := range p {
		p[i] = uint8(i*7 + i/stlSide*3 + i/(stlSide*stlSide)*31 + salt)
	}
	return p
}

func stlFiles() map[string][]byte {
	images := func(first, n int) (all []byte) {
		for i := range n {
			all = append(all, stlPlanes(first+i)...)
		}
		return all
	}
	return map[string][]byte{
		"train_X.bin":      images(0, 4),
		"train_y.bin":      {2, 10, 1, 3},
		"test_X.bin":       images(10, 2),
		"test_y.bin":       {5, 6},
		"unlabeled_X.bin":  images(20, 3),
		"fold_indices.txt": []byte("3 0 \n1 2 \n"),
		"class_names.txt":  []byte("airplane\n"),
	}
}

// stlForms are a folder, the one that holds it, and the archive.
func stlForms(t *testing.T) []string {
	t.Helper()
	files := stlFiles()
	nested, packed := t.TempDir(), t.TempDir()
	direct := filepath.Join(nested, "stl10_binary")
	writeFiles(t, direct, files)
	names := []string{
		"unlabeled_X.bin", "fold_indices.txt", "test_y.bin", "train_y.bin", "test_X.bin", "train_X.bin",
	}
	write(t, filepath.Join(packed, "stl10_binary.tar.gz"), zipped(t, tarball(t, files, names...)))
	return []string{direct, nested, packed}
}

func TestSTLSplitsAreTheSameInEveryForm(t *testing.T) {
	forms := stlForms(t)
	for _, c := range []struct {
		split  Split
		fold   int
		salts  []int
		labels []int
	}{
		{Train, -1, []int{0, 1, 2, 3}, []int{1, 9, 0, 2}},
		{Train, 0, []int{3, 0}, []int{2, 1}},
		{Train, 1, []int{1, 2}, []int{9, 0}},
		{Test, 1, []int{10, 11}, []int{4, 5}},
		{Pretrain, -1, []int{0, 1, 2, 3, 20, 21, 22}, []int{1, 9, 0, 2, -1, -1, -1}},
		{Pretrain, 1, []int{0, 1, 2, 3, 20, 21, 22}, []int{1, 9, 0, 2, -1, -1, -1}},
	} {
		digests := map[string]bool{}
		for _, path := range forms {
			set, err := smallSTL.read(path, c.fold, c.split, Options{Memory: 1 << 20})
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			digests[set.Digest()] = true
			checkSTL(t, fmt.Sprintf("%s, %s, fold %d", path, c.split, c.fold), set, c.salts, c.labels)
		}
		if len(digests) != 1 {
			t.Errorf("%s: digests differ with the container: %v", c.split, digests)
		}
	}
}

// checkSTL holds a set to the planes that it was written from.
func checkSTL(t *testing.T, name string, set Dataset, salts, labels []int) {
	t.Helper()
	if set.Len() != len(salts) || !slices.Equal(set.Classes(), stl10.classes) {
		t.Fatalf("%s: %d images, want %d", name, set.Len(), len(salts))
	}
	for i, salt := range salts {
		img, err := set.Image(i)
		if err != nil {
			t.Fatal(err)
		}
		if got := set.Label(i); got != labels[i] {
			t.Errorf("%s: image %d has label %d, want %d", name, i, got, labels[i])
		}
		planes := stlPlanes(salt)
		for _, at := range [][2]int{{0, 0}, {0, 1}, {1, 0}, {95, 94}, {40, 95}} {
			y, x := at[0], at[1]
			p := x*stlSide + y // column-major
			want := []byte{planes[p], planes[p+stlSide*stlSide], planes[p+2*stlSide*stlSide]}
			if got := img.At(y, x); !bytes.Equal(got, want) {
				t.Errorf("%s: image %d, row %d, column %d: %v, want %v", name, i, y, x, got, want)
			}
		}
	}
}

func TestSTLErrorsNameFileAndProblem(t *testing.T) {
	for _, c := range []struct {
		name   string
		split  Split
		fold   int
		damage func(files map[string][]byte)
		want   string
	}{
		{"label 0", Train, -1, func(f map[string][]byte) { f["train_y.bin"][2] = 0 },
			"train_y.bin: record 2: label 0, need 1 to 10"},
		{"label 11", Test, -1, func(f map[string][]byte) { f["test_y.bin"][1] = 11 },
			"test_y.bin: record 1: label 11, need 1 to 10"},
		{"short images", Train, -1, func(f map[string][]byte) { f["train_X.bin"] = f["train_X.bin"][:9] },
			"train_X.bin: 9 bytes, need 110592"},
		{"no labels", Train, -1, func(f map[string][]byte) { delete(f, "train_y.bin") }, "no such file"},
		{"no unlabelled", Pretrain, -1, func(f map[string][]byte) { delete(f, "unlabeled_X.bin") },
			"unlabeled_X.bin: no such file"},
		{"short unlabelled", Pretrain, -1, func(f map[string][]byte) { f["unlabeled_X.bin"] = nil },
			"unlabeled_X.bin: 0 bytes, need 82944"},
		{"fold missing", Train, 1, func(f map[string][]byte) { f["fold_indices.txt"] = []byte("0 1\n") },
			"fold_indices.txt: 1 lines, need 2"},
		{"fold too long", Train, 0, func(f map[string][]byte) { f["fold_indices.txt"] = make([]byte, maxWhole+1) },
			"fold_indices.txt: 16777217 bytes, need at most 16777216"},
		{"nothing", Train, -1, func(f map[string][]byte) { clear(f) },
			"no train_X.bin, stl10_binary or stl10_binary.tar.gz in it"},
	} {
		files, dir := stlFiles(), t.TempDir()
		c.damage(files)
		writeFiles(t, dir, files)
		_, err := smallSTL.read(dir, c.fold, c.split, Options{})
		wantError(t, c.name, err, dir, c.want, stl10.origin.url)
	}
}

func TestSTLArchiveIsNotUnpackedIntoMoreMemoryThanAllowed(t *testing.T) {
	packed := stlForms(t)[2]
	_, err := smallSTL.read(packed, -1, Pretrain, Options{Memory: 7*stlImage - 1})
	wantError(t, "memory", err, packed, "7 images", "unpack it")
	if _, err := smallSTL.read(packed, -1, Pretrain, Options{}); err != nil {
		t.Errorf("where no file is kept: %v", err)
	}
}

func TestSTLUnlabelledImageThatIsGoneIsAnError(t *testing.T) {
	set, err := smallSTL.read(stlForms(t)[0], -1, Pretrain, Options{})
	if err != nil {
		t.Fatal(err)
	}
	set.(*stlAll).file.Close()
	if _, err = set.Image(3); err != nil {
		t.Error(err) // a training image
	}
	_, err = set.Image(5)
	wantError(t, "closed", err, "stl10: image 1 of", "unlabeled_X.bin")
	if d := set.Digest(); d != "" {
		t.Errorf("digest %s of what cannot be read", d)
	}
}

func TestOpenReadsTheFoldOfSTL(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		rest string
		want []string
	}{
		{"", []string{"stl10:DIR,fold=K"}},
		{",fold=3", []string{"no directory"}},
		{dir + ",fold=10", []string{`fold="10"`, "0 to 9"}},
		{dir + ",fold=-1", []string{`fold="-1"`}},
		{dir + ",fold=", []string{`fold=""`}},
		{dir + ",fold=9", []string{dir + ": no train_X.bin"}},
		{dir + "/a,b", []string{dir + "/a,b: no such file", stl10.origin.url}},
	} {
		_, err := Open("stl10:"+c.rest, Train, Options{})
		wantError(t, c.rest, err, append(c.want, "data: stl10: ")...)
	}
	write(t, filepath.Join(dir, "test_X.bin"), make([]byte, 99))
	_, err := Open("stl10:"+dir, Test, Options{})
	wantError(t, "official length", err, "test_X.bin: 99 bytes, need 221184000 (8000 records of 27648)")
}

func FuzzSTLFold(f *testing.F) {
	f.Add("3 0 \n1 2 \n", uint8(0))
	f.Add("3 0\r\n1 2", uint8(1))
	f.Add("3 3\n1 4\n", uint8(0))
	f.Add("", uint8(1))
	f.Fuzz(func(t *testing.T, text string, fold uint8) {
		k := int(fold) % smallSTL.folds
		chosen, err := smallSTL.parseFold(text, k)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error of several lines: %q", err)
			}
			return
		}
		if len(chosen) != 2 || chosen[0] == chosen[1] || slices.Min(chosen) < 0 || slices.Max(chosen) > 3 {
			t.Errorf("%q, fold %d: %v", text, k, chosen)
		}
	})
}

func FuzzSTLImagesAndLabels(f *testing.F) {
	f.Add(stlPlanes(0), int64(stlImage), []byte{1}, int64(1))
	f.Add(stlPlanes(0)[:100], int64(stlImage), []byte{11}, int64(1))
	f.Add([]byte{}, int64(-1), []byte{0}, int64(2))
	one := stl10
	one.training = 1
	f.Fuzz(func(t *testing.T, planes []byte, size int64, labels []byte, labelSize int64) {
		m := newMemory(1, stlSide, stlSide, one.classes)
		files := one.labelled(m)
		if err := one.origin.readRecords(bytes.NewReader(planes), "x", size, files[0]); err == nil {
			if size != stlImage || m.pix[3*stlSide] != planes[1] || m.pix[3] != planes[stlSide] {
				t.Errorf("accepted size %d, or not column-major", size)
			}
		}
		if err := one.origin.readRecords(bytes.NewReader(labels), "y", labelSize, files[1]); err == nil {
			if labelSize != 1 || m.Label(0) < 0 || m.Label(0) > 9 || m.Label(0) != int(labels[0])-1 {
				t.Errorf("accepted size %d, label %d of %v", labelSize, m.Label(0), labels)
			}
		}
	})
}
