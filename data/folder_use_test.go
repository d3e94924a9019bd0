package data

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func openAll(t *testing.T, dir string, o Options) *Folder {
	t.Helper()
	f, err := OpenFolder(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFolderFollowsLinksOnce(t *testing.T) {
	outside := photographs(t, "away/7.png", "8.png")
	dir := photographs(t, "a/1.png", "z/2.png")
	for name, target := range map[string]string{
		"a/loop":     "..",                             // to a folder above
		"again":      filepath.Join(dir, "z"),          // a second way to z, earlier in order
		"b":          outside,                          // a folder elsewhere
		"z/3.png":    filepath.Join(outside, "8.png"),  // a file elsewhere
		"z/gone.jpg": filepath.Join(outside, "no.jpg"), // nothing
		"z/itself":   "itself",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	f := openAll(t, dir, Options{})
	want := []string{"a/1.png", "b/8.png", "b/away/7.png", "z/2.png", "z/3.png", "z/gone.jpg"}
	if got := names(f); !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	for i := range f.Len() {
		_, err := f.Image(i)
		var bad *UnreadableError
		if gone := f.Name(i) == "z/gone.jpg"; errors.As(err, &bad) != gone {
			t.Errorf("%s: %v", f.Name(i), err)
		}
	}
}

func TestSizesAreThoseOfTheFiles(t *testing.T) {
	dir := photographs(t, "a.png", "c.png")
	put(t, dir, "b.jpg", make([]byte, 12345))
	put(t, dir, "d.jpg", nil)
	f := openAll(t, dir, Options{})
	cut, err := listed(t, f, 0).Without(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []Dataset{f, cut, Spread(f, 2)} {
		for i := range set.Len() {
			info, err := os.Stat(filepath.Join(dir, Name(set, i)))
			if err != nil {
				t.Fatal(err)
			}
			if got := Size(set, i); got != info.Size() {
				t.Errorf("%T: %s has %d bytes, want %d", set, Name(set, i), got, info.Size())
			}
		}
	}
	shapes, err := Open("shapes:train=4,test=1", Train, Options{})
	if err != nil || Size(shapes, 0) != 0 || Size(Spread(shapes, 2), 1) != 0 {
		t.Errorf("images that are no files have %d bytes, %v", Size(shapes, 0), err)
	}
}

func TestFilesThatAreNoImagesAreUnreadable(t *testing.T) {
	dir := photographs(t, "good.png")
	whole := encode(t, "x.jpg", photograph(1, 30, 40))
	put(t, dir, "cut.jpg", whole[:len(whole)/2])
	put(t, dir, "empty.gif", nil)
	put(t, dir, "page.webp", []byte("<!doctype html>"))
	bmp := []byte("BM....\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00" + // 65536×65536 pixels
		"\x00\x00\x01\x00\x00\x00\x01\x00\x01\x00\x18\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 24))
	put(t, dir, "vast.bmp", bmp)
	f := openAll(t, dir, Options{})
	for i, want := range []string{
		"cut.jpg: imagefile: decode jpeg: ", "empty.gif: imagefile: the file is empty", "",
		"page.webp: imagefile: no image of a known format",
		"vast.bmp: imagefile: bmp of 65536×65536 pixels, more than",
	} {
		_, err := f.Image(i)
		if want == "" && err == nil {
			continue
		}
		var bad *UnreadableError
		if !errors.As(err, &bad) || bad.Name != f.Name(i) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", f.Name(i), err, want)
		}
	}
}

func TestFileThatChangesInUseIsUnreadable(t *testing.T) {
	dir := photographs(t, "grows.png", "kept.png", "vanishes.png")
	f := openAll(t, dir, Options{Memory: 1 << 20})
	kept, err := f.Image(1)
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "grows.png", append(encode(t, "x.png", photograph(0, 8, 12)), 0))
	for _, name := range []string{"kept.png", "vanishes.png"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"changed while it was in use", "", "no such file"} {
		img, err := f.Image(i)
		if want == "" {
			if err != nil || &img.Pix[0] != &kept.Pix[0] {
				t.Errorf("an image in memory was read again: %v", err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", f.Name(i), err, want)
		}
	}
}

func TestFolderKeepsNoMoreThanItsMemory(t *testing.T) {
	var all []string
	for _, n := range "abcdefgh" {
		all = append(all, string(n)+".png")
	}
	const size = 8 * 12 * 3
	f := openAll(t, photographs(t, all...), Options{Memory: 5*size + size/2})
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() {
			for i := range f.Len() {
				if _, err := f.Image(i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done.Wait()
	for i := range f.Len() {
		f.Image(i) // those that another reader's hold on memory kept out
	}
	kept := 0
	for i := range f.kept {
		if f.kept[i].Load() != nil {
			kept++
		}
	}
	if kept != 5 || f.spent.Load() != 5*size {
		t.Errorf("%d images in %d bytes are kept, want 5", kept, f.spent.Load())
	}
}

func TestFolderReducesToSide(t *testing.T) {
	f := openAll(t, photographs(t, "x.png"), Options{Side: 4})
	if img, err := f.Image(0); err != nil || img.H != 4 || img.W != 6 {
		t.Errorf("8×12 to a side of 4: %d×%d, %v", img.H, img.W, err)
	}
}

func TestFolderDigestNamesFilesSizesAndLabels(t *testing.T) {
	digest := func(change func(dir string)) string {
		dir := photographs(t, "cat/1.png", "dog/2.png")
		change(dir)
		return openAll(t, dir, Options{}).Digest()
	}
	same := digest(func(string) {})
	if again := digest(func(string) {}); again != same {
		t.Errorf("%s in another place is %s", same, again)
	}
	for name, change := range map[string]func(dir string){
		"size":  func(dir string) { put(t, dir, "cat/1.png", []byte("short")) },
		"name":  func(dir string) { os.Rename(filepath.Join(dir, "cat/1.png"), filepath.Join(dir, "cat/3.png")) },
		"more":  func(dir string) { put(t, dir, "dog/3.png", nil) },
		"label": func(dir string) { put(t, dir, "ant/3.png", nil) },
	} {
		if digest(change) == same {
			t.Errorf("%s: the same digest", name)
		}
	}
}

func TestFolderIsFoundFromHome(t *testing.T) {
	home := photographs(t, "photos/1.png")
	t.Setenv("HOME", home)
	t.Chdir(t.TempDir())
	f := openAll(t, "~/photos", Options{})
	if f.Dir() != filepath.Join(home, "photos") || f.Name(0) != "1.png" {
		t.Errorf("%s with %s", f.Dir(), f.Name(0))
	}
	if dir, ok := FolderOf("folder:~/photos"); dir != f.Dir() || !ok {
		t.Errorf("folder %s, %v", dir, ok)
	}
	for _, kind := range []string{"cifar10", "cifar100", "stl10"} {
		spec := kind + ":~/photos"
		if _, err := Open(spec, Train, Options{}); err == nil || !strings.Contains(err.Error(), f.Dir()) {
			t.Errorf("%s: %v, want an error about %s", spec, err, f.Dir())
		}
	}
	if err := os.Mkdir("~", 0o755); err != nil {
		t.Fatal(err)
	}
	if f, err := OpenFolder("~/photos", Options{}); err == nil {
		t.Errorf("%s in spite of a folder called ~", f.Dir())
	}
}

// Features of a part of a folder are computed again, too, when one of its files was written.
func TestVersionTellsWhatWasWrittenAgain(t *testing.T) {
	names := []string{"a/1.png", "a/2.png", "b/3.png"}
	dir := photographs(t, names...)
	digest, version := openAll(t, dir, Options{}).Digest(), ""
	for i, when := range []time.Time{time.Unix(1000, 0), time.Unix(1000, 1000), time.Unix(1000, 1000)} {
		if err := os.Chtimes(filepath.Join(dir, filepath.FromSlash(names[0])), when, when); err != nil {
			t.Fatal(err)
		}
		set := openAll(t, dir, Options{})
		part := newSubset(set, []int{0, 1})
		if set.Digest() != digest || Version(part) == part.Digest() || Version(set) == Version(part) {
			t.Errorf("version %q of %q, %q of a part", Version(set), set.Digest(), Version(part))
		}
		if now := Version(part); (now == version) != (i == 2) {
			t.Errorf("written %d: version %q after %q", i, now, version)
		}
		version = Version(part)
	}
}
