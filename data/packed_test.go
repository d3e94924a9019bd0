package data

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/data/pack"
	"github.com/amdim/amdim/tensor"
)

// packed packs a spec, with any number of unreadable files.
func packed(t *testing.T, spec string, o Options) string {
	t.Helper()
	sources, err := PackSources(spec, o, func(n int) int { return n })
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "pack")
	task := pack.Task{Spec: spec, Side: o.Side, Sources: sources}
	if _, err := pack.Write(context.Background(), dir, task); err != nil {
		t.Fatal(err)
	}
	return "packed:" + dir
}

func TestOnlyAFolderMayLackItsTestSplitInAPack(t *testing.T) {
	all := func(n int) int { return n }
	spec := "folder:" + photographs(t, "a/6.png", "a/60.png")
	var empty *EmptyError
	if _, err := Open(spec, Test, Options{}); !errors.As(err, &empty) || empty.Split != Test {
		t.Fatalf("an image is held out, or %v", err)
	}
	if sources, err := PackSources(spec, Options{}, all); err != nil || len(sources) != 1 {
		t.Errorf("folder: %d sources, %v", len(sources), err)
	}
	dir := t.TempDir()
	imageNetForms["flat val"](t, dir)
	remove(devkitTar)(t, dir)
	_, err := PackSources("imagenet:"+dir, Options{}, all)
	wantError(t, "imagenet", err, devkitTar)
}

func open(t *testing.T, spec string, split Split, o Options) Dataset {
	t.Helper()
	set, err := Open(spec, split, o)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// sizeAndPixels puts size and pixels of an image into its views.
func sizeAndPixels() Fill {
	return func(img tensor.Image, epoch, index int, views [][]uint8) {
		for _, v := range views {
			clear(v)
			v[0], v[1], v[2] = uint8(img.H), uint8(img.W), uint8(epoch)
			for i, p := range img.Pix {
				v[3+i%(len(v)-3)] += p * uint8(i|1)
			}
		}
	}
}

// Training from a pack is training from the folder: the same batches, labels and
// reports of damaged files.
func TestPackedMakesTheBatchesOfTheFolder(t *testing.T) {
	f, _ := damagedFolder(t)
	folder := "folder:" + f.Dir()
	for _, o := range []Options{{}, {Side: 10}} {
		sets := []Dataset{open(t, folder, Train, o), open(t, packed(t, folder, o), Train, Options{})}
		var batches [2][]string
		var bad [2][]string
		for k, set := range sets {
			c := LoaderConfig{Batch: 4, Size: 8, Views: 2, Seed: 5, Workers: 3}
			c.Unreadable = func(_ int, err error) error {
				if !slices.Contains(bad[k], err.Error()) {
					bad[k] = append(bad[k], err.Error())
				}
				return nil
			}
			l, err := NewLoader(context.Background(), set, c, sizeAndPixels)
			if err != nil {
				t.Fatal(err)
			}
			batches[k] = take(t, l, 3*l.StepsPerEpoch())
			l.Close()
		}
		if !slices.Equal(batches[0], batches[1]) {
			t.Errorf("side %d: batches of\n%s\nand\n%s", o.Side, batches[0], batches[1])
		}
		slices.Sort(bad[0])
		slices.Sort(bad[1])
		if len(bad[0]) == 0 || !slices.Equal(bad[0], bad[1]) {
			t.Errorf("side %d: unreadable are %q and %q", o.Side, bad[0], bad[1])
		}
	}
}

// Every split comes back with its images, labels, classes and, where images are
// files, names; of data that is not files the digest is the same.
func TestPackedHoldsWhatWasPacked(t *testing.T) {
	labelled := photographs(t, append(numbered(40, "cat", "dog"), "dog/x.gif")...)
	plain := photographs(t, numbered(30, "cat")...)
	few := photographs(t, "a.png")
	for _, spec := range []string{
		"folder:" + labelled, "folder:" + plain, "folder:" + few, "shapes:train=9,test=4,size=16",
	} {
		p := packed(t, spec, Options{})
		for _, split := range []Split{Train, Test, Pretrain} {
			want, err := Open(spec, split, Options{})
			if err != nil {
				var empty *EmptyError
				if _, err := Open(p, split, Options{}); !errors.As(err, &empty) || empty.Split != Test {
					t.Errorf("%s %s: %v", spec, split, err)
				}
				continue
			}
			got := open(t, p, split, Options{})
			if got.Len() != want.Len() || !slices.Equal(got.Classes(), want.Classes()) {
				t.Fatalf("%s %s: %d images of %q", spec, split, got.Len(), got.Classes())
			}
			_, files := want.(Named)
			for i := range want.Len() {
				a, errA := want.Image(i)
				b, errB := got.Image(i)
				if errA != nil || errB != nil || a.H != b.H || a.W != b.W || !slices.Equal(a.Pix, b.Pix) ||
					want.Label(i) != got.Label(i) || files && Name(want, i) != Name(got, i) {
					t.Fatalf("%s %s: image %d is another, %v, %v", spec, split, i, errA, errB)
				}
			}
			if !files && got.Digest() != want.Digest() {
				t.Errorf("%s %s: digest %s, want %s", spec, split, got.Digest(), want.Digest())
			}
			if err := got.(*Packed).Verify(context.Background(), nil); err != nil {
				t.Error(err)
			}
		}
	}
}

// Unlabelled images behind the labelled ones, as STL-10 has them, are a split.
func TestPackedHoldsTheUnlabelledImages(t *testing.T) {
	dir := stlForms(t)[0]
	var sources []pack.Source
	for _, split := range []Split{Train, Test, Pretrain} {
		set, err := smallSTL.open(dir, split, Options{})
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, pack.Source{Split: split.String(), Images: set})
	}
	to := filepath.Join(t.TempDir(), "pack")
	if _, err := pack.Write(context.Background(), to, pack.Task{Sources: sources}); err != nil {
		t.Fatal(err)
	}
	for k, split := range []Split{Train, Test, Pretrain} {
		got := open(t, "packed:"+to, split, Options{})
		if got.Len() != sources[k].Images.Len() || got.Digest() != sources[k].Images.Digest() {
			t.Errorf("%s: %d images", split, got.Len())
		}
	}
}

func TestReadableKnowsTheHolesOfAPack(t *testing.T) {
	f, _ := damagedFolder(t)
	set := open(t, packed(t, "folder:"+f.Dir(), Options{}), Train, Options{})
	want := open(t, "folder:"+f.Dir(), Train, Options{})
	var all [2][]string
	for k, set := range []Dataset{want, set} {
		_, err := Readable(context.Background(), set, 2, func(i int, err error) {
			var bad *UnreadableError
			all[k] = append(all[k], Name(set, i)+" "+err.Error())
			if !errors.As(err, &bad) {
				t.Error(err)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all[0]) == 0 || !slices.Equal(all[0], all[1]) {
		t.Errorf("%q, want %q", all[1], all[0])
	}
}

func TestVerifyFindsADamagedPack(t *testing.T) {
	for _, what := range []string{"images", "names"} {
		p := packed(t, "folder:"+photographs(t, "a.png", "b.png"), Options{})
		path := filepath.Join(strings.TrimPrefix(p, "packed:"), "train."+what+".npy")
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)-2] ^= 1
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		err = open(t, p, Train, Options{}).(*Packed).Verify(context.Background(), nil)
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestOriginIsTheSpecThatWasPacked(t *testing.T) {
	f, _ := damagedFolder(t)
	folder := "folder:" + f.Dir()
	for spec, want := range map[string]string{
		packed(t, folder, Options{}):   folder,
		folder:                         folder,
		"imagenet:data":                "imagenet:data",
		"packed:" + t.TempDir() + "/x": "", // itself
	} {
		if want == "" {
			want = spec
		}
		if got := Origin(spec); got != want {
			t.Errorf("%s: %s, want %s", spec, got, want)
		}
	}
}
