package data

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/amdim/amdim/segment"
)

// bsdsMaps are the segmentations of a small collection of that layout, by the path
// of their image without extension.
var bsdsMaps = map[string][]segment.Map{
	"train/1-a": {regions(7, 5, 2, 0), regions(7, 5, 3, 1)},
	"train/20":  manyRegions(11),
	"train/9":   {regions(5, 7, 4, 0)},
	"val/3_b":   {regions(7, 5, 2, 2), regions(7, 5, 5, 0)},
	"test/4":    {regions(6, 6, 3, 0)},
}

func manyRegions(annotators int) []segment.Map {
	var maps []segment.Map
	for i := range annotators {
		maps = append(maps, regions(7, 5, 2+i, i))
	}
	return maps
}

// bsdsDir writes it below root of a new folder, with one file of segmentations an
// image or one for each of them.
func bsdsDir(t *testing.T, root string, official bool) string {
	t.Helper()
	dir := t.TempDir()
	for name, maps := range bsdsMaps {
		put(t, dir, root+"/images/"+name+".jpg", encode(t, ".jpg", photograph(len(name), maps[0].H, maps[0].W)))
		if official {
			put(t, dir, root+"/groundTruth/"+name+".mat", littleMat.truths(maps...))
			continue
		}
		for i, m := range maps {
			put(t, dir, fmt.Sprintf("%s/segmentations/%s_%d.png", root, name, i), pngTruth(t, m))
		}
	}
	put(t, dir, root+"/images/train/Thumbs.db", nil)
	return dir
}

func openSegmented(t *testing.T, spec string, split Split) Segmented {
	t.Helper()
	set, err := Open(spec, split, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set.(Segmented)
}

func TestBSDSIsTheSameInEveryForm(t *testing.T) {
	digests := map[Split]string{}
	for _, root := range bsdsRoots {
		for _, official := range []bool{true, false} {
			dir := bsdsDir(t, root, official)
			for split, want := range map[Split][]string{
				Train: {"train/1-a", "train/20", "train/9"}, Test: {"val/3_b"},
			} {
				set := openSegmented(t, "bsds500:"+dir, split)
				if set.Len() != len(want) || set.Classes() != nil || set.Label(0) != -1 {
					t.Fatalf("%q: %v: %d images of classes %q", root, split, set.Len(), set.Classes())
				}
				for i, name := range want {
					checkTruths(t, set, i, name)
				}
				if digests[split] == "" {
					digests[split] = set.Digest()
				}
				if set.Digest() != digests[split] {
					t.Errorf("%q, official %t: another digest of %v", root, official, split)
				}
			}
		}
	}
	if digests[Train] == digests[Test] {
		t.Error("train and val have one digest")
	}
}

func checkTruths(t *testing.T, set Segmented, i int, name string) {
	t.Helper()
	img, err := set.Image(i)
	maps, err2 := set.Truths(i)
	want := bsdsMaps[name]
	if err != nil || err2 != nil || Name(set, i) != name+".jpg" || !slices.EqualFunc(maps, want, sameMap) {
		t.Fatalf("%s: %v, want %s, %v; %v, %v", Name(set, i), maps, name, want, err, err2)
	}
	checkMaps(t, maps, img.W, img.H)
}

// A file BSR has nothing below it: the images are looked for elsewhere.
func TestBSDSIsFoundBesideAFile(t *testing.T) {
	dir := bsdsDir(t, "data", true)
	put(t, dir, "BSR", []byte("a file"))
	if set := openSegmented(t, "bsds500:"+dir, Train); set.Len() != 3 {
		t.Errorf("%d images", set.Len())
	}
}

func TestBSDSHoldsOutValOrTest(t *testing.T) {
	dir := bsdsDir(t, "", true)
	for _, c := range []struct {
		rest  string
		split Split
		want  string
	}{
		{"", Train, "train/1-a"}, {"", Pretrain, "train/1-a"}, {"", Test, "val/3_b"},
		{",split=val", Test, "val/3_b"}, {",split=test", Test, "test/4"}, {",split=test", Train, "train/1-a"},
	} {
		checkTruths(t, openSegmented(t, "bsds500:"+dir+c.rest, c.split), 0, c.want)
	}
}

func TestBSDSErrorsAtOpenNameWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		official bool
		change   damage
		want     string
	}{
		{true, remove("groundTruth/train/20.mat"),
			"images/train/20.jpg has no segmentation groundTruth/train/20.mat: put it there or remove the image"},
		{false, remove("segmentations/train/9_0.png"),
			"images/train/9.jpg has no segmentation segmentations/train/9_0.png"},
		{true, remove("groundTruth/train"), "no folder groundTruth/train in it; get " + bsdsURL},
		{false, remove("images/train"), "no folder images/train in it; get "},
		{true, remove("images"),
			"no folders images and groundTruth or segmentations in it or in BSR/BSDS500/data; get "},
		{true, instead("groundTruth", "BSR_bsds500.tgz", nil), "unpack BSR_bsds500.tgz"},
		{true, instead("images/train", "images/train/note.txt", nil), "train: no images in it"},
	} {
		dir := bsdsDir(t, "", c.official)
		c.change(t, dir)
		_, err := Open("bsds500:"+dir, Train, Options{})
		wantError(t, c.want, err, "data: bsds500: "+dir, c.want)
	}
	dir := bsdsDir(t, "", false)
	for spec, want := range map[string]string{
		"bsds500":                                "no directory; write bsds500:DIR or bsds500:DIR,split=test",
		"bsds500:,split=test":                    "no directory",
		"bsds500:/none":                          "no such file",
		"bsds500:" + dir + "/images/3_b.jpg":     "no such file",
		"bsds500:" + dir + "/images/val/3_b.jpg": " is a file; unpack it and name the folder",
		"bsds500:" + dir + ",split=train":        `split="train", need val or test`,
	} {
		_, err := Open(spec, Test, Options{})
		wantError(t, spec, err, "data: bsds500: ", want)
	}
}

func TestBSDSDamageNamesTheFile(t *testing.T) {
	for _, c := range []struct {
		official bool
		name     string
		content  []byte
		want     string
	}{
		{false, "segmentations/val/3_b_1.png", pngTruth(t, regions(5, 7, 2, 0)),
			"png of 5×7 pixels for an image of 7×5"},
		{false, "segmentations/val/3_b_1.png", pngTruth(t, regions(7, 5, 2, 0))[:50], "not enough pixel data"},
		{false, "segmentations/val/3_b_0.png", encode(t, "", photograph(0, 5, 7)), "it has colours"},
		{false, "segmentations/val/3_b_0.png", nil, "the file is empty"},
		{true, "groundTruth/val/3_b.mat", littleMat.truths(regions(5, 7, 2, 0)), "5×7 pixels for an image of 7×5"},
		{true, "groundTruth/val/3_b.mat", littleMat.truths(regions(7, 5, 2, 0))[:150], "cut off or damaged"},
	} {
		dir := bsdsDir(t, "", c.official)
		set := openSegmented(t, "bsds500:"+dir, Test)
		put(t, dir, c.name, c.content)
		_, err := set.Truths(0)
		wantError(t, c.want, err, c.name+": ", c.want, ": put the original file back")
		var bad *UnreadableError
		if !errors.As(err, &bad) || bad.Name != c.name {
			t.Errorf("%v is no unreadable file %s", err, c.name)
		}
		remove(c.name)(t, dir)
		_, err = set.Truths(0)
		wantError(t, "gone", err, c.name+": ", "read: ", ": put the original file back")
	}
	dir := bsdsDir(t, "", true)
	put(t, dir, "images/val/3_b.jpg", []byte("no image"))
	_, err := openSegmented(t, "bsds500:"+dir, Test).Truths(0)
	wantError(t, "image", err, "val/3_b.jpg: ", "no image of a known format")
}

// A damaged image takes its segmentations with it.
func TestReadableKeepsSegmentations(t *testing.T) {
	dir := bsdsDir(t, "", true)
	put(t, dir, "images/train/1-a.jpg", []byte("no image"))
	set, err := Readable(context.Background(), openSegmented(t, "bsds500:"+dir, Train), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkTruths(t, set.(Segmented), 1, "train/9")
}

func TestBSDSOfPhotographs(t *testing.T) {
	if testing.Short() {
		t.Skip("1,633 maps are read; the tests of small files are the same under the race detector")
	}
	const dir = "../../shared/data/bsds500"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no real data: ", err)
	}
	for split, want := range map[Split]struct{ images, maps int }{Train: {200, 1087}, Test: {100, 546}} {
		set := openSegmented(t, "bsds500:"+dir, split)
		total := 0
		for i := range set.Len() {
			maps, err := set.Truths(i)
			if err != nil || len(maps) < 4 || len(maps) > 9 {
				t.Fatalf("%s: %d maps, %v", Name(set, i), len(maps), err)
			}
			w, h := maps[0].W, maps[0].H
			if checkMaps(t, maps, w, h); min(w, h) != 321 || max(w, h) != 481 {
				t.Errorf("%s: %d×%d pixels", Name(set, i), w, h)
			}
			if total += len(maps); i%20 > 0 { // decoding all takes as long as all else
				continue
			}
			if img, err := set.Image(i); err != nil || img.W != w || img.H != h {
				t.Errorf("%s: %d×%d pixels, its maps have %d×%d, %v", Name(set, i), img.W, img.H, w, h, err)
			}
		}
		if set.Len() != want.images || total != want.maps {
			t.Errorf("%v: %d maps of %d images, want %d of %d", split, total, set.Len(), want.maps, want.images)
		}
	}
}
