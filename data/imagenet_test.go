package data

import (
	"archive/tar"
	"bytes"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
)

// A small ImageNet: sorted WordNet IDs are n01440764, n01443537, n02119789, and the
// devkit counts in another order.
var (
	smallMeta  = metaMat("n02119789", "n01440764", "n01443537", "n00000001")
	smallTrain = []string{"n01440764/n01440764_10.JPEG", "n01440764/n01440764_9.JPEG",
		"n01443537/n01443537_2.JPEG", "n02119789/n02119789_1.JPEG", "n02119789/n02119789_3.JPEG"}
	smallVal = []string{"n01443537/ILSVRC2012_val_00000002.JPEG",
		"n02119789/ILSVRC2012_val_00000001.JPEG", "n02119789/ILSVRC2012_val_00000003.JPEG"}
)

const (
	smallTruth = "1\n3\n1\n"
	trainTar   = "ILSVRC2012_img_train.tar"
	valTar     = "ILSVRC2012_img_val.tar"
)

// picture is the file of that name: no two are the same.
func picture(t testing.TB, name string) []byte {
	name = path.Base(name)
	return append(encode(t, "x.jpg", photograph(len(name), 8, 12)), name...)
}

func putPictures(t testing.TB, dir string, names ...string) {
	for _, name := range names {
		put(t, dir, name, picture(t, name))
	}
}

// putTrainTar writes a tar of one tar for each class, not in their order.
func putTrainTar(t testing.TB, dir string) {
	var classes []entry
	for _, class := range []string{"n02119789", "n01440764", "n01443537"} {
		var inside []entry
		for _, name := range slices.Backward(smallTrain) {
			if path.Dir(name) == class {
				inside = append(inside, entry{path.Base(name), picture(t, name)})
			}
		}
		classes = append(classes, entry{class + ".tar", tarOf(t, tar.FormatGNU, inside...)})
	}
	put(t, dir, trainTar, tarOf(t, tar.FormatGNU, classes...))
}

func putValTar(t testing.TB, dir string) {
	var entries []entry
	for _, name := range smallVal {
		entries = append(entries, entry{path.Base(name), picture(t, name)})
	}
	put(t, dir, valTar, tarOf(t, tar.FormatGNU, entries...))
}

func prefixed(dir string, names []string) (all []string) {
	for _, name := range names {
		all = append(all, dir+"/"+name)
	}
	return all
}

// imageNetForms are the same images in every layout.
var imageNetForms = map[string]func(t testing.TB, dir string){
	"folders": func(t testing.TB, dir string) {
		putPictures(t, dir, append(prefixed("train", smallTrain), prefixed("val", smallVal)...)...)
		put(t, dir, "train/n01440764/notes.txt", nil)
	},
	"flat val": func(t testing.TB, dir string) {
		putPictures(t, dir, prefixed("train", smallTrain)...)
		for _, name := range smallVal {
			put(t, dir, "val/"+path.Base(name), picture(t, name))
		}
		putDevkitTar(t, dir, smallMeta, smallTruth)
	},
	"flat val, devkit unpacked": func(t testing.TB, dir string) {
		putPictures(t, dir, prefixed("train", smallTrain)...)
		for _, name := range smallVal {
			put(t, dir, "val/"+path.Base(name), picture(t, name))
		}
		put(t, dir, "ILSVRC2012_devkit_t12/data/meta.mat", smallMeta)
		put(t, dir, "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", []byte(smallTruth))
	},
	"archives": func(t testing.TB, dir string) {
		putTrainTar(t, dir)
		putValTar(t, dir)
		putDevkitTar(t, dir, smallMeta, smallTruth)
	},
	"archives, devkit's files": func(t testing.TB, dir string) {
		putTrainTar(t, dir)
		putValTar(t, dir)
		put(t, dir, "meta.mat", smallMeta)
		put(t, dir, "ILSVRC2012_validation_ground_truth.txt", []byte(smallTruth))
	},
}

func TestImageNetIsTheSameInEveryForm(t *testing.T) {
	digests := map[Split]string{}
	for form, write := range imageNetForms {
		dir := t.TempDir()
		write(t, dir)
		for _, c := range []struct {
			split  Split
			names  []string
			labels []int
		}{
			{Train, prefixed("train", smallTrain), []int{0, 0, 1, 2, 2}},
			{Pretrain, prefixed("train", smallTrain), []int{0, 0, 1, 2, 2}},
			{Test, prefixed("val", smallVal), []int{1, 2, 2}},
		} {
			set, err := Open("imagenet:"+dir, c.split, Options{})
			if err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			if !slices.Equal(names(set), c.names) || !slices.Equal(labels(set), c.labels) ||
				!slices.Equal(set.Classes(), []string{"n01440764", "n01443537", "n02119789"}) {
				t.Errorf("%s: %v: %q %v, classes %q", form, c.split, names(set), labels(set), set.Classes())
			}
			if was := digests[c.split]; was != "" && was != set.Digest() {
				t.Errorf("%s: %v: another digest", form, c.split)
			}
			digests[c.split] = set.Digest()
			for i, name := range c.names {
				if b, err := set.(*Files).Bytes(i); err != nil || !bytes.Equal(b, picture(t, name)) {
					t.Errorf("%s: %s: another file, %v", form, name, err)
				}
				if _, err := set.Image(i); err != nil {
					t.Errorf("%s: %v", form, err)
				}
			}
		}
	}
}

func TestDamagedImageInAnArchiveIsUnreadable(t *testing.T) {
	dir := t.TempDir()
	imageNetForms["archives"](t, dir)
	b, err := os.ReadFile(filepath.Join(dir, trainTar))
	if err != nil {
		t.Fatal(err)
	}
	name := smallTrain[2]
	at := bytes.Index(b, picture(t, name))
	clear(b[at : at+20])
	put(t, dir, trainTar, b)
	set, err := Open("imagenet:"+dir, Train, Options{Side: 4, Memory: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	for i := range set.Len() {
		img, err := set.Image(i)
		var bad *UnreadableError
		if damaged := i == 2; errors.As(err, &bad) != damaged || damaged && bad.Name != "train/"+name {
			t.Errorf("image %d: %v", i, err)
		} else if !damaged && min(img.H, img.W) >= 8 {
			t.Errorf("image %d: %d×%d is not reduced", i, img.W, img.H)
		}
	}
	if err := os.Truncate(filepath.Join(dir, trainTar), 2000); err != nil {
		t.Fatal(err)
	}
	if set, err = Open("imagenet:"+dir, Test, Options{}); err == nil {
		t.Errorf("a train archive that is cut off: %v", set.Classes())
	}
}
