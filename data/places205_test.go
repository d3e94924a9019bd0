package data

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fewPlaces is the layout with fewer classes.
var fewPlaces = places{classes: 9}

const placesImages = "data/vision/torralba/deeplearning/images256/"

// placesDir is such a collection with n images a class for train and one for val; the
// images lie below root.
func placesDir(t testing.TB, root string, n int) string {
	dir := t.TempDir()
	content := picture(t, "x")
	var train, val strings.Builder
	for label := range fewPlaces.classes {
		class := fmt.Sprintf("%c/class_%03d", 'a'+label/4, label)
		if label == 4 {
			class = "b/building/outdoor"
		}
		for i := range n + 1 {
			name := fmt.Sprintf("%s/gsun_%d.jpg", class, n-i)
			put(t, dir, root+name, content)
			list := &train
			if i == n {
				list = &val
			}
			fmt.Fprintf(list, "%s %d\n", name, label)
		}
	}
	put(t, dir, "trainvalsplit_places205/train_places205.csv", []byte(train.String()))
	put(t, dir, "trainvalsplit_places205/val_places205.csv", []byte(val.String()))
	return dir
}

func TestPlacesFollowsItsLists(t *testing.T) {
	var digest string
	for _, root := range []string{placesImages, "images256/", ""} {
		dir := placesDir(t, root, 2)
		for split, want := range map[Split]struct {
			n     int
			first string
		}{
			Train: {18, "a/class_000/gsun_2.jpg"}, Pretrain: {18, "a/class_000/gsun_2.jpg"},
			Test: {9, "a/class_000/gsun_0.jpg"},
		} {
			set, err := fewPlaces.open(dir, split, Options{})
			if err != nil {
				t.Fatal(err)
			}
			classes := set.Classes()
			if set.Len() != want.n || Name(set, 0) != want.first || set.Label(set.Len()-1) != 8 ||
				len(classes) != 9 || classes[4] != "building/outdoor" || classes[8] != "class_008" {
				t.Errorf("%q: %v: %d images, the first %s, classes %q", root, split, set.Len(), Name(set, 0), classes)
			}
			if _, err := set.Image(set.Len() - 1); err != nil {
				t.Error(err)
			}
			if split == Test && digest != "" && digest != set.Digest() {
				t.Errorf("%q: another digest", root)
			} else if split == Test {
				digest = set.Digest()
			}
		}
	}
}

func TestPlacesImageThatIsMissingIsUnreadable(t *testing.T) {
	dir := placesDir(t, placesImages, 1)
	const name = "a/class_000/gsun_0.jpg"
	if err := os.Remove(filepath.Join(dir, placesImages, name)); err != nil {
		t.Fatal(err)
	}
	set, err := fewPlaces.open(dir, Test, Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = set.Image(0)
	var bad *UnreadableError
	if !errors.As(err, &bad) || bad.Name != name {
		t.Error(err)
	}
	if _, err := set.Image(1); err != nil {
		t.Error(err)
	}
}

func TestPlacesErrorsNameFileAndLine(t *testing.T) {
	dir := placesDir(t, placesImages, 1)
	lists := map[string][]byte{}
	for _, name := range []string{"train", "val"} {
		at := filepath.Join(dir, "trainvalsplit_places205", name+"_places205.csv")
		b, err := os.ReadFile(at)
		if err != nil {
			t.Fatal(err)
		}
		lists[name] = b
	}
	replace := func(list, old, with string) func(string) {
		return func(dir string) {
			b := strings.Replace(string(lists[list]), old, with, 1)
			put(t, dir, "trainvalsplit_places205/"+list+"_places205.csv", []byte(b))
		}
	}
	for _, c := range []struct {
		change func(dir string)
		want   string
	}{
		{func(dir string) { os.Remove(filepath.Join(dir, "trainvalsplit_places205/val_places205.csv")) },
			"no val_places205.csv in it or in trainvalsplit_places205"},
		{func(dir string) { os.Remove(filepath.Join(dir, "trainvalsplit_places205/train_places205.csv")) },
			"no train_places205.csv in it"},
		{replace("val", "/gsun_0.jpg 7", "/gsun_0.jpg 9"), `val_places205.csv: line 8: label "9", need 0 to 8`},
		{replace("train", "b/class_005/", "a/class_002/"), "train_places205.csv: line 6: a/class_002/gsun_1.jpg"},
		{replace("train", "b/class_005/", "b/fifth/"), "train_places205.csv: line 6: label 5 is b/fifth, before"},
		{replace("val", "b/class_005/gsun_0.jpg 5\n", ""), "val_places205.csv: no image with label 5 in it"},
		{replace("train", "b/class_005/gsun_1.jpg 5\n", ""), "train_places205.csv: no image with label 5 in it"},
		{replace("train", "a/class_000/gsun_1.jpg 0", "a/class_000/gsun_1.jpg"), "train_places205.csv: line 1: "},
		{func(dir string) { os.Rename(filepath.Join(dir, "data"), filepath.Join(dir, "elsewhere")) },
			"no folder a/class_000 in it, in images256 or in data/vision/torralba/deeplearning/images256"},
		{func(dir string) {
			os.Rename(filepath.Join(dir, "data"), filepath.Join(dir, "elsewhere"))
			put(t, dir, placesArchive, nil)
		}, "unpack imagesPlaces205_resize.tar.gz, in which single images cannot be read"},
	} {
		c.change(dir)
		_, err := fewPlaces.open(dir, Train, Options{})
		wantError(t, c.want, err, "data: places205: "+dir, c.want)
		for name, b := range lists {
			put(t, dir, "trainvalsplit_places205/"+name+"_places205.csv", b)
		}
		os.Rename(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "data"))
	}
	if _, err := fewPlaces.open(dir, Train, Options{}); err != nil {
		t.Error(err)
	}
	_, err := Open("places205:"+dir, Test, Options{})
	wantError(t, "nine classes", err, "no image with label 9 in it, need all of 0 to 204")
	for spec, want := range map[string]string{
		"places205": "no directory; write places205:DIR", "places205:/none": "no such file",
	} {
		_, err := Open(spec, Train, Options{})
		wantError(t, spec, err, "data: places205: ", want)
	}
}

func TestAPlacesListIsBounded(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "val_places205.csv")
	put(t, dir, "val_places205.csv", nil)
	if err := os.Truncate(list, maxList+1); err != nil { // takes no space on the disk
		t.Skip(err)
	}
	_, err := fewPlaces.open(dir, Test, Options{})
	if err == nil || !strings.Contains(err.Error(), list+": 536870913 bytes, more than 512 MiB: not a list") {
		t.Error(err)
	}
}
