package data

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/amdim/amdim/internal/looks"
)

func TestScansEndWhereverTheirContextDoes(t *testing.T) {
	split := photographs(t, numbered(6, "train/cat", "train/dog", "test/cat")...)
	imageNet := t.TempDir()
	putPictures(t, filepath.Join(imageNet, "train"), smallTrain...)
	archives := t.TempDir()
	putTrainTar(t, archives)
	putValTar(t, archives)
	putDevkitTar(t, archives, smallMeta, smallTruth)
	bsds := bsdsDir(t, "", true)
	places := placesDir(t, "", 2)
	open := func(spec string, s Split) func(Options) error {
		return func(o Options) error { _, err := Open(spec, s, o); return err }
	}
	for _, c := range []struct {
		what  string
		files int
		open  func(o Options) error
	}{
		{"a flat folder", 9, open("folder:"+photographs(t, numbered(9, ".")...), Train)},
		{"what is learnt from", 18, open("folder:"+split, Train)},
		{"what is held out", 18, open("folder:"+split, Test)},
		{"all", 18, func(o Options) error { _, _, err := OpenSplit("folder:"+split, "", o); return err }},
		{"labelled ones, read twice", 36, func(o Options) error {
			_, _, err := OpenLabelled("folder:"+split, "", o)
			return err
		}},
		{"both", 18, func(o Options) error { _, _, err := OpenParts("folder:"+split, o); return err }},
		{"ImageNet", len(smallTrain), open("imagenet:"+imageNet, Train)},
		{"ImageNet's archive of archives", len(smallTrain), open("imagenet:"+archives, Train)},
		{"ImageNet's flat archive", len(smallVal), open("imagenet:"+archives, Test)},
		{"BSDS500", 2, open("bsds500:"+bsds, Train)},
		{"Places205", 18, func(o Options) error { _, err := fewPlaces.open(places, Train, o); return err }},
	} {
		whole := looks.After(1000)
		if err := c.open(Options{Context: whole}); err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		made := whole.Made()
		if made < c.files {
			t.Errorf("%s: %d looks at the context for %d files", c.what, made, c.files)
		}
		for done := range made {
			if err := c.open(Options{Context: looks.After(done)}); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, done after %d looks: %v", c.what, done, err)
			}
		}
	}
}

// On a network disk a look at a million files takes minutes.
func TestPartsOfAFolderAreLookedForOnce(t *testing.T) {
	for _, dir := range []string{
		photographs(t, "train/a/1.png", "train/b/2.png", "test/a/3.png", "test/4.heic"),
		photographs(t, numbered(40, "a/")...), photographs(t, "1.png"),
	} {
		spec, one, both := "folder:"+dir, looks.After(1000), looks.After(1000)
		all, err := Open(spec, Pretrain, Options{Context: one})
		if err != nil {
			t.Fatal(err)
		}
		out, err := OpenHeldOut(spec, Options{})
		if err != nil {
			t.Fatal(err)
		}
		learnt, held, err := OpenParts(spec, Options{Context: both})
		if err != nil || both.Made() != one.Made() {
			t.Errorf("%v, %d looks for both parts, %d for one", err, both.Made(), one.Made())
		}
		if learnt.Digest() != all.Digest() || (held == nil) != (out == nil) ||
			held != nil && held.Digest() != out.Digest() {
			t.Errorf("%v and %v, opened apart %v and %v", learnt, held, all, out)
		}
	}
	learnt, held, err := OpenParts("shapes:train=5,test=3", Options{})
	if err != nil || learnt.Len() != 5 || held.Len() != 3 {
		t.Errorf("shapes: %v, %v, %v", learnt, held, err)
	}
}

func TestAnOpenFolderOutlivesTheContextOfItsScan(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	set, err := OpenFolder(photographs(t, "a.png"), Options{Context: ctx})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := set.Image(0); err != nil || set.options.Context != nil {
		t.Errorf("%v, %s is kept", err, fmt.Sprint(set.options.Context))
	}
}
