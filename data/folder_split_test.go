package data

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// numbered are n names in one folder of a class each.
func numbered(n int, classes ...string) []string {
	var all []string
	for _, c := range classes {
		for i := range n {
			all = append(all, fmt.Sprintf("%s/%02d.png", c, i))
		}
	}
	return all
}

func openSplit(t *testing.T, dir string, split Split) Dataset {
	t.Helper()
	set, err := Open("folder:"+dir, split, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestFolderHoldsOutATenthByName(t *testing.T) {
	all := numbered(30, "cat", "dog")
	dir := photographs(t, all...)
	var train, test []string
	for _, name := range all {
		sum := sha256.Sum256([]byte(name))
		if binary.BigEndian.Uint64(sum[:])%10 == 0 {
			test = append(test, name)
		} else {
			train = append(train, name)
		}
	}
	if len(test) == 0 {
		t.Fatal("the names hold nothing out")
	}
	for split, want := range map[Split][]string{Train: train, Test: test, Pretrain: train} {
		set := openSplit(t, dir, split)
		if got := names(set); !slices.Equal(got, want) {
			t.Errorf("%v: %q, want %q", split, got, want)
		}
		for i := range set.Len() {
			if want := set.Classes()[set.Label(i)]; Name(set, i)[:3] != want {
				t.Errorf("%v: %s is called %s", split, Name(set, i), want)
			}
		}
	}
}

func TestUnlabelledFolderLearnsFromAll(t *testing.T) {
	var all []string
	for i := range 30 {
		all = append(all, fmt.Sprintf("%02d.png", i))
	}
	dir := photographs(t, all...)
	for _, split := range []Split{Train, Pretrain} {
		if got := names(openSplit(t, dir, split)); !slices.Equal(got, all) {
			t.Errorf("%v: %q", split, got)
		}
	}
	test := openSplit(t, dir, Test)
	if n := test.Len(); n == 0 || n > 10 || test.Classes() != nil || test.Label(0) != -1 {
		t.Errorf("%d images held out, classes %q", n, test.Classes())
	}
}

func TestFolderTakesSplitsFromItsFolders(t *testing.T) {
	cases := []struct {
		folders           []string
		train, test       string
		trainLen, testLen int
	}{
		{[]string{"train/cat", "train/dog", "val/dog"}, "train/cat/00.png", "val/dog/00.png", 4, 2},
		{[]string{"train/cat", "train/dog", "val/cat", "test/dog"}, "train/cat/00.png", "test/dog/00.png", 4, 2},
		{[]string{"train/cat", "train/dog", "test/cow"}, "train/cat/00.png", "test/cow/00.png", 4, 2},
		{[]string{"train/cat", "train/dog", "valid/cat"}, "train/cat/00.png", "valid/cat/00.png", 4, 2},
		{
			[]string{"train/cat", "train/dog", "test/cat", "validation/dog"},
			"train/cat/00.png", "test/cat/00.png", 4, 2,
		},
		{[]string{"Test/dog", "Train/cat", "Train/dog"}, "Train/cat/00.png", "Test/dog/00.png", 4, 2},
		{[]string{"TRAIN/cat", "TRAIN/dog", "TEST/cat"}, "TRAIN/cat/00.png", "TEST/cat/00.png", 4, 2},
		{
			[]string{"training/cat", "training/dog", "testing/dog"},
			"training/cat/00.png", "testing/dog/00.png", 4, 2,
		},
		{[]string{"Train/cat", "Train/dog", "Validation/cat"}, "Train/cat/00.png", "Validation/cat/00.png", 4, 2},
		{[]string{"Train/cat", "Train/dog", "Val/cat", "test/dog"}, "Train/cat/00.png", "test/dog/00.png", 4, 2},
	}
	for _, c := range cases {
		dir := photographs(t, numbered(2, c.folders...)...)
		train, test := openSplit(t, dir, Train), openSplit(t, dir, Test)
		if train.Len() != c.trainLen || test.Len() != c.testLen ||
			Name(train, 0) != c.train || Name(test, 0) != c.test {
			t.Errorf("%q: train %q, test %q", c.folders, names(train), names(test))
		}
		classes := []string{"cat", "dog"}
		if !slices.Equal(train.Classes(), classes) || !slices.Equal(test.Classes(), classes) {
			t.Errorf("%q: classes %q and %q", c.folders, train.Classes(), test.Classes())
		}
		want := slices.Index(train.Classes(), filepath.Base(filepath.Dir(c.test)))
		if got := test.Label(0); got != want {
			t.Errorf("%q: %s has label %d, want %d", c.folders, c.test, got, want)
		}
	}
}

// Folders that are called train and test but are not taken for splits, or val that is not
// used, are worth a word.
func TestSplitNoteNamesFoldersThatAreNotUsedAsTheyAreCalled(t *testing.T) {
	for _, c := range []struct {
		files []string
		want  string
	}{
		{[]string{"cat/1.png", "dog/1.png", "test/1.png"}, ""},
		{[]string{"train/1.png", "test/1.png"}, ""},
		{[]string{"train/1.png", "extra/1.png"}, ""},
		{[]string{"train/1.png", "test/1.png", "extra/1.png"}, "Beside train and test lies extra"},
		{[]string{"train/1.png", "valid/1.png", "one.png"}, "Beside train and valid lies one.png"},
		{[]string{"train/1.png", "test/1.png", "a\x1b[31m/1.png"}, `Beside train and test lies "a\x1b[31m"`},
		{[]string{"train/1.png", "test/1.png", "val/1.png"}, "The images in val are not used: those in test"},
		{[]string{"train/1.png", "val/1.png", "valid/1.png"}, "The folders train, val, valid are taken for"},
		{[]string{"train/1.png", "training/1.png", "test/1.png"}, "The folders train, training, test are"},
		{[]string{"Train/1.png", "Test/1.png"}, ""},
		{[]string{"Train/1.png", "Test/1.png", "Extra/1.png"}, "Beside Train and Test lies Extra"},
		{[]string{"Train/1.png", "Testing/1.png", "Val/1.png"}, "The images in Val are not used: those in Test"},
	} {
		set, err := OpenFolder(photographs(t, c.files...), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := set.SplitNote(); !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%q: %q, want %q", c.files, got, c.want)
		}
	}
}

func TestOpenRefusesFoldersWithoutImages(t *testing.T) {
	empty, one := t.TempDir(), photographs(t, "only.png")
	file := filepath.Join(one, "only.png")
	phone := t.TempDir()
	for _, name := range []string{"1.HEIC", "2.heic", "3.dng", "4.mp4"} {
		if err := os.WriteFile(filepath.Join(phone, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		spec  string
		split Split
		want  string
	}{
		{"folder:", Train, "no path; the form is folder:DIR"},
		{"folder:" + empty, Train, empty + ": no images in it (jpg"},
		{"folder:" + phone, Train, ", but 1 dng, 2 heic, which must be converted"},
		{"folder:" + file, Train, "it is a file; name the folder it is in"},
		{"folder:" + filepath.Join(empty, "none"), Train, "no such file"},
		{"folder:" + one, Test, "1 image, none in the test split"},
		{one, Train, "did you mean folder:" + one + "?"},
		{file, Train, "did you mean folder:" + one + "?"},
	} {
		_, err := Open(c.spec, c.split, Options{})
		wantError(t, c.spec, err, "data: ", c.want)
	}
}

// Two splits of a kind leave open which is meant: neither is taken for one.
func TestFoldersOfTwoTrainSplitsAreClasses(t *testing.T) {
	for _, c := range [][]string{
		{"train", "training", "test"}, {"train", "test", "testing"}, {"train", "val", "valid"}, {"train"},
		{"test", "val"},
	} {
		if train, held, ok := newSplitFolders(c).chosen(); ok {
			t.Errorf("%q: learnt from %s, held out %s", c, train, held)
		}
	}
}

func TestTinyImageNet(t *testing.T) {
	dir := "../../shared/data/tiny-imagenet-20/train"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no real data: ", err)
	}
	train, test := openSplit(t, dir, Train), openSplit(t, dir, Test)
	if train.Len() != 9047 || test.Len() != 953 || len(train.Classes()) != 20 {
		t.Errorf("%d train, %d test, %d classes", train.Len(), test.Len(), len(train.Classes()))
	}
	for i := 0; i < test.Len(); i += 50 {
		if img, err := test.Image(i); err != nil || img.H != 64 || img.W != 64 {
			t.Errorf("%s: %d×%d, %v", Name(test, i), img.W, img.H, err)
		}
	}
}
