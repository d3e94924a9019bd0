package mixture

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/internal/tiny"
)

func TestImagesAreOpenedOnlyToLearnOfThem(t *testing.T) {
	path, ctx := filepath.Join(t.TempDir(), "negatives.safetensors"), context.Background()
	c := NegativesConfig{Images: 8, Locations: 4, Refresh: encoder.RefreshConfig{Images: 10, Batch: 10}}
	opened := 0
	from := Source{File: path, Keep: true, Data: "shapes:size=32,train=20", Transform: augment.CIFAR(),
		OnLearn: func(images int) { opened += images }}
	lost := from
	lost.Data = "folder:none"
	_, err := newSegmenter(t, 32, 3).Prepare(ctx, lost, c)
	for _, want := range []string{"no negatives are kept beside the model as " + path, "folder none"} {
		if !errors.Is(err, ErrNoNegatives) || !strings.Contains(err.Error(), want) {
			t.Errorf("neither file nor images: %v, want %q", err, want)
		}
	}
	others := from
	others.Digest = "of other images"
	if _, err := newSegmenter(t, 32, 3).Prepare(ctx, others, c); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("locations of other images are kept: %v", err)
	}
	opened = 0
	for _, from := range []Source{from, lost} {
		if _, err := newSegmenter(t, 32, 3).Prepare(ctx, from, c); err != nil || opened != 8 {
			t.Errorf("of %s: %v, %d images", from.Data, err, opened)
		}
	}
	folder := from
	folder.File, folder.Data = "", "folder:"+t.TempDir()
	file := filepath.Join(strings.TrimPrefix(folder.Data, "folder:"), "x.png")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	_, err = newSegmenter(t, 32, 3).Prepare(done, folder, c)
	if !errors.Is(err, context.Canceled) || opened != 8 {
		t.Errorf("the context is done: %v, %d images", err, opened)
	}
	lost.File = ""
	if _, err := newSegmenter(t, 32, 3).Prepare(ctx, lost, c); !errors.Is(err, ErrNoNegatives) ||
		strings.Contains(err.Error(), "kept") {
		t.Errorf("no file and no images: %v", err)
	}
}

func TestWhatIsNotKeptIsSaid(t *testing.T) {
	c := NegativesConfig{Images: 8, Locations: 4, Refresh: encoder.RefreshConfig{Images: 10, Batch: 10}}
	there := filepath.Join(t.TempDir(), "negatives.safetensors")
	missing := filepath.Join(t.TempDir(), "missing", "negatives.safetensors")
	for _, l := range []struct {
		file, digest, want string
		keep               bool
	}{
		{there, "", "", true},
		{missing, "", missing, true},
		{missing, "of others", "shapes:size=32,train=20 holds other images than when the model learnt", true},
		{missing, "", "", false},
	} {
		var said []string
		from := Source{File: l.file, Digest: l.digest, Keep: l.keep, Data: "shapes:size=32,train=20",
			Transform: augment.CIFAR(), Note: func(what string) { said = append(said, what) }}
		s := newSegmenter(t, 32, 3)
		if _, err := s.Prepare(context.Background(), from, c); err != nil || s.negatives.X == nil {
			t.Errorf("%+v: %v", l, err)
		}
		if (len(said) > 0) != (l.want != "") || !strings.Contains(strings.Join(said, "\n"), l.want) {
			t.Errorf("said %q, want %q", said, l.want)
		}
	}
}

func TestImagesOfAListAreNotLearntFrom(t *testing.T) {
	all := tiny.Shapes(t, 32, 20, data.Train)
	list := data.Quarantine{Spec: "shapes", Digest: all.Digest(), Images: 20}
	for i := range 15 {
		list.Left = append(list.Left, data.LeftOut{Index: i, Name: data.Name(all, i), Reason: data.ExactCopy})
	}
	rest, err := list.Without(all)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path, kept := filepath.Join(dir, "list.json"), filepath.Join(dir, "negatives.safetensors")
	if err := os.WriteFile(path, list.Encode(), 0o644); err != nil {
		t.Fatal(err)
	}
	c := NegativesConfig{Images: 30, Locations: 2, Refresh: encoder.RefreshConfig{Images: 5, Batch: 5, Seed: 1}}
	for _, l := range []struct {
		what, file, list, data string
		want                   data.Dataset // nil: an error
	}{
		{"its own images", kept, path, "shapes:size=32,train=20,test=20", rest},
		{"the same, named", "", path, "shapes:size=32,train=20,test=20", rest},
		{"others, named", "", path, "shapes:size=32,train=21", tiny.Shapes(t, 32, 21, data.Train)},
		{"named, no list there", "", path + "x", "shapes:size=32,train=20,test=20", all},
		{"its own, changed", kept, path, "shapes:size=32,train=21", nil},
		{"its own, no list there", kept, path + "x", "shapes:size=32,train=20,test=20", nil},
	} {
		s := newSegmenter(t, 32, 3)
		from := Source{File: l.file, List: l.list, Data: l.data, Transform: augment.CIFAR()}
		if _, err := s.Prepare(context.Background(), from, c); l.want == nil {
			if !errors.Is(err, ErrNoNegatives) || !strings.Contains(err.Error(), l.list+": ") {
				t.Errorf("%s: error %v", l.what, err)
			}
			continue
		} else if err != nil {
			t.Fatalf("%s: %v", l.what, err)
		}
		direct := newSegmenter(t, 32, 3)
		if err := direct.Learn(context.Background(), plain(t, l.want), c); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.negatives.X, direct.negatives.X) {
			t.Errorf("%s: %d negatives, not those of %d images",
				l.what, s.negatives.Origin.Count, l.want.Len())
		}
	}
}

func TestNegativesSayWhatTheyWereTakenFrom(t *testing.T) {
	path, ctx := filepath.Join(t.TempDir(), "negatives.safetensors"), context.Background()
	from := Source{File: path, Keep: true, Data: "shapes:size=32,train=20", Transform: augment.CIFAR()}
	c := NegativesConfig{Images: 8, Locations: 3, Seed: 7, Refresh: encoder.RefreshConfig{Images: 10, Batch: 10}}
	s := newSegmenter(t, 32, 3)
	restore := func(origin string) error {
		t.Helper()
		hash, err := s.frozen.WeightsHash()
		if err != nil {
			t.Fatal(err)
		}
		meta := map[string]string{negativesKey: hash, originKey: origin}
		if err := checkpoint.Replace(path, learnt{s}, nil, meta); err != nil {
			t.Fatal(err)
		}
		return newSegmenter(t, 32, 3).restore(path)
	}
	if _, err := s.Prepare(ctx, from, c); err != nil {
		t.Fatal(err)
	}
	want := Origin{Count: 24, Data: from.Data, Images: 8, Seed: 7}
	kept := newSegmenter(t, 32, 3)
	if err := kept.restore(path); err != nil || kept.negatives.Origin != want || s.negatives.Origin != want {
		t.Errorf("learnt %+v, kept %+v, want %+v, %v", s.negatives.Origin, kept.negatives.Origin, want, err)
	}
	for _, none := range []string{"", "none"} {
		if err := restore(none); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("origin %q, which is none: %v", none, err)
		}
	}
}
