package data

import (
	"archive/tar"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// damage changes a small ImageNet in dir.
type damage func(t *testing.T, dir string)

func remove(names ...string) damage {
	return func(t *testing.T, dir string) {
		for _, name := range names {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func add(name string, content []byte) damage {
	return func(t *testing.T, dir string) { put(t, dir, name, content) }
}

// instead removes something and writes something.
func instead(of, name string, content []byte) damage {
	return func(t *testing.T, dir string) {
		remove(of)(t, dir)
		add(name, content)(t, dir)
	}
}

func shorten(name string, by int64) damage {
	return func(t *testing.T, dir string) {
		at := filepath.Join(dir, name)
		info, err := os.Stat(at)
		if err == nil {
			err = os.Truncate(at, info.Size()-by)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func otherDevkit(meta []byte, truth string) damage {
	return func(t *testing.T, dir string) { putDevkitTar(t, dir, meta, truth) }
}

// otherTrainTar has one file in it, a tar.
func otherTrainTar(name string, inside ...string) damage {
	return func(t *testing.T, dir string) {
		var entries []entry
		for _, image := range inside {
			entries = append(entries, entry{image, []byte("x")})
		}
		class := tarOf(t, tar.FormatGNU, entries...)
		put(t, dir, trainTar, tarOf(t, tar.FormatGNU, entry{name, class}))
	}
}

var imageNetErrors = []struct {
	form   string
	split  Split
	damage damage
	want   string
}{
	{"folders", Train, remove("train"), "no folder train and no ILSVRC2012_img_train.tar in it"},
	{"folders", Test, remove("val"), "no folder val and no ILSVRC2012_img_val.tar in it"},
	{"folders", Train, remove("train/" + smallTrain[2]), "train: no image of class n01443537"},
	{"folders", Test, remove("val/" + smallVal[0]), "val: no image of class n01443537"},
	{"folders", Test, remove("train/n01443537"), "val: class n01443537, which train does not have"},
	{"folders", Train, add("train/cats/1.jpg", nil), "the folder cats is not named like a class"},
	{"folders", Test, add("val/1.jpg", nil), "the image 1.jpg is beside the folders of classes"},
	{"flat val", Train, instead("train", "train/1.jpg", nil), "no folder in it that is named like a class"},
	{"flat val", Test, instead("val", "val/readme.txt", nil), "val: no images in it"},
	{"flat val", Test, instead("val/ILSVRC2012_val_00000002.JPEG", "val/ILSVRC2012_val_00000004.JPEG", nil),
		"ILSVRC2012_val_00000003.JPEG where ILSVRC2012_val_00000002.JPEG is expected"},
	{"flat val", Test, remove(devkitTar), "no " + devkitTruth + ", ILSVRC2012_devkit_t12/data or " + devkitTar},
	{"flat val", Test, shorten(devkitTar, 30), devkitTruth + ": unexpected EOF; get https://"},
	{"flat val", Test, otherDevkit(smallMeta, "1\n3\n"), "val: 3 images, but " + devkitTruth + " has 2 lines"},
	{"flat val", Test, otherDevkit(smallMeta, "1\n3\n1\n2\n"), "3 images, but " + devkitTruth + " has 4 lines"},
	{"flat val", Test, otherDevkit(smallMeta, "1\n3\n1001\n"), devkitTruth + `: line 3: "1001", need an ID`},
	{"flat val", Test, otherDevkit(smallMeta, "1\n3\n5\n"), "line 3: ID 5, which meta.mat does not have"},
	{"flat val", Test, otherDevkit(smallMeta, "1\n3\n4\n"),
		"ILSVRC2012_val_00000003.JPEG is of class n00000001, which train does not have"},
	{"flat val", Test, otherDevkit(smallMeta[:300], smallTruth), "meta.mat: the MATLAB file is cut off"},
	{"archives", Train, shorten(trainTar, 600), trainTar + ": the archive is cut off at byte"},
	{"archives", Test, shorten(valTar, 2000), valTar + ": the archive is cut off at byte"},
	{"archives", Test, shorten(trainTar, 5000), trainTar + ": the archive is cut off at byte"},
	{"archives", Train, add(trainTar, nil), trainTar + ": the archive is cut off at byte 0"},
	{"archives", Train, add(trainTar, make([]byte, 1024)), trainTar + ": no class in it"},
	{"archives", Train, otherTrainTar("n01440764.zip"), "n01440764.zip in it is not the archive of a class"},
	{"archives", Train, otherTrainTar("n01440764.tar", "1.JPEG", "1.JPEG"),
		"n01440764.tar: 1.JPEG is in it twice"},
	{"archives", Train, otherTrainTar("n01440764.tar"), "train: no image of class n01440764"},
}

func TestImageNetErrorsNameFileAndProblem(t *testing.T) {
	for _, c := range imageNetErrors {
		dir := t.TempDir()
		imageNetForms[c.form](t, dir)
		c.damage(t, dir)
		_, err := Open("imagenet:"+dir, c.split, Options{})
		wantError(t, c.form+": "+c.want, err, "data: imagenet: ", c.want)
		if err != nil && strings.Count(err.Error(), "data: ") > 1 {
			t.Errorf("says more than once where it comes from: %v", err)
		}
	}
}

func TestImageNetNeedsAFolder(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, valTar, nil)
	for spec, want := range map[string]string{
		"imagenet":                       "no directory; write imagenet:DIR",
		"imagenet:" + dir + "/" + valTar: "it is a file; name the folder it is in",
		"imagenet:" + dir + "/none":      "no such file",
	} {
		_, err := Open(spec, Train, Options{})
		wantError(t, spec, err, "data: imagenet: ", want)
	}
}
