package data

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/amdim/amdim/tensor"
)

// damagedFolder is 300 pictures of which 1 % are cut off: two neighbours and the
// last one, whose place the first takes.
func damagedFolder(t testing.TB) (*Folder, []string) {
	t.Helper()
	dir := t.TempDir()
	damaged := []string{"c7/107.jpg", "c7/117.jpg", "c9/299.jpg"}
	for i := range 300 {
		name := fmt.Sprintf("c%d/%03d.jpg", i%10, i)
		content := encode(t, name, photograph(i%200, 32, 32))
		if slices.Contains(damaged, name) {
			content = content[:len(content)-100]
		}
		put(t, dir, name, content)
	}
	f, err := OpenFolder(dir, Options{Memory: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return f, damaged
}

// tolerant is a loader configuration that collects the names of what is bad.
func tolerant(f *Folder, start Cursor, workers int) (LoaderConfig, func() []string) {
	var mu sync.Mutex
	seen := map[string]bool{}
	c := LoaderConfig{Seed: 3, Start: start, Workers: workers, Unreadable: func(i int, err error) error {
		var bad *UnreadableError
		if !errors.As(err, &bad) || bad.Name != f.Name(i) {
			return fmt.Errorf("not of image %d: %w", i, err)
		}
		if !mu.TryLock() {
			return errors.New("called twice at once")
		}
		defer mu.Unlock()
		seen[bad.Name] = true
		return nil
	}}
	return c, func() []string {
		var names []string
		for name := range seen {
			names = append(names, name)
		}
		slices.Sort(names)
		return names
	}
}

func TestUnreadableImagesAreReplacedByTheSameOnes(t *testing.T) {
	f, damaged := damagedFolder(t)
	c, seen := tolerant(f, Cursor{}, 1)
	l := load(t, f, c)
	steps := l.StepsPerEpoch() * 2
	want := take(t, l, steps)
	l.Close()
	if got := seen(); !slices.Equal(got, damaged) {
		t.Errorf("unreadable are %q, want %q", got, damaged)
	}
	for _, workers := range []int{2, 5} {
		c, _ := tolerant(f, Cursor{}, workers)
		if got := take(t, load(t, f, c), steps); !slices.Equal(got, want) {
			t.Errorf("%d workers make other batches", workers)
		}
	}
	for _, at := range []int{1, 20, steps - 3} {
		start := Cursor{at / l.StepsPerEpoch(), at % l.StepsPerEpoch()}
		c, _ := tolerant(f, start, 2)
		if got := take(t, load(t, f, c), 3); !slices.Equal(got, want[at:at+3]) {
			t.Errorf("from batch %d on there are others", at)
		}
	}
}

func TestReplacementIsTheNextReadableImage(t *testing.T) {
	set := broken{shapes(t, 8, Test), 7} // the last: the first takes its place
	l := NewPass(t.Context(), set, LoaderConfig{
		Batch: 8, Size: 32, Views: 1, Unreadable: func(int, error) error { return nil },
	}, stamp)
	defer l.Close()
	b, err := l.Next()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(b.view(0, 7), b.view(0, 0)) || b.Labels.I32[7] != b.Labels.I32[0] {
		t.Error("another image than the first is in place of the last")
	}
	if b.Indices[7] != 7 {
		t.Errorf("the index became %d", b.Indices[7])
	}
}

func TestUnreadableEndsTheSequenceWhenItSaysSo(t *testing.T) {
	f, _ := damagedFolder(t)
	enough := errors.New("enough")
	c := LoaderConfig{Unreadable: func(int, error) error { return enough }}
	l := load(t, f, c)
	for range l.StepsPerEpoch() {
		b, err := l.Next()
		if errors.Is(err, enough) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		b.Release()
	}
	t.Error("the sequence did not end")
}

// nothing is a data set of which no image can be read.
type nothing struct{ *Shapes }

func (n nothing) Image(i int) (tensor.Image, error) {
	return tensor.Image{}, &UnreadableError{"photo.jpg", errBroken}
}

func TestLoaderOfNothingReadableEnds(t *testing.T) {
	l := load(t, nothing{shapes(t, 9, Test)}, LoaderConfig{Unreadable: func(int, error) error { return nil }})
	if _, err := l.Next(); err == nil || !strings.Contains(err.Error(), "9 images, none can be read") {
		t.Errorf("%v", err)
	}
}

// A disk that fails is no folder of bad images: five of a hundred would be given up
// before anyone learns of it.
func TestAnErrorOfAllImagesEndsTheSequence(t *testing.T) {
	files := make([]file, 9)
	type cause struct {
		of  error
		one bool // it is of one image
	}
	causes := []cause{{fs.ErrNotExist, true}, {fs.ErrPermission, true}, {errors.New("torn"), true}}
	for _, of := range systemFaults {
		causes = append(causes, cause{of, false})
	}
	for _, c := range causes {
		told := 0
		content := func(file) ([]byte, error) { return nil, fmt.Errorf("read: %w", c.of) }
		set := newFiles(files, nil, content, Options{})
		l := NewPass(t.Context(), set, LoaderConfig{Batch: 3, Size: 32, Views: 1, Workers: 1,
			Unreadable: func(int, error) error { told++; return nil }}, stamp)
		_, err := l.Next()
		l.Close()
		if c.one != (told > 0) || err == nil || !c.one && !errors.Is(err, c.of) {
			t.Errorf("%v: told of %d unreadable images, then %v", c.of, told, err)
		}
	}
}

func TestReadableEndsWhereTheDiskFails(t *testing.T) {
	fault := systemFaults[0]
	content := func(f file) ([]byte, error) { return nil, &fs.PathError{Op: "read", Path: f.name, Err: fault} }
	set := newFiles([]file{{name: "a.png"}}, nil, content, Options{})
	bad := 0
	if _, err := Readable(t.Context(), set, 1, func(int, error) { bad++ }); !errors.Is(err, fault) || bad > 0 {
		t.Errorf("%v, told of %d unreadable images", err, bad)
	}
	if _, err := set.Bytes(0); !errors.Is(err, fault) {
		t.Errorf("bytes: %v", err)
	}
	if text, one := reason(&UnreadableError{"a.png", errBroken}); !one || text != errBroken.Error() {
		t.Errorf("%q, of one image %v", text, one)
	}
	if _, one := reason(fault); one {
		t.Error("a failing disk is an unreadable image")
	}
}

func TestReadableLeavesOutWhatIsDamaged(t *testing.T) {
	f, damaged := damagedFolder(t)
	var bad []string
	var at []int
	set, err := Readable(t.Context(), f, 3, func(i int, err error) {
		at, bad = append(at, i), append(bad, Name(f, i))
	})
	if err != nil {
		t.Fatal(err)
	}
	again := 0
	some, err := Retry(t.Context(), f, at[1:], 3, func(int, error) { again++ })
	if err != nil || again != 2 || some.Len() != 298 {
		t.Errorf("tried again: %d of 2 suspects, %v", again, err)
	}
	slices.Sort(bad)
	if !slices.Equal(bad, damaged) || set.Len() != 297 {
		t.Errorf("%d images, without %q", set.Len(), bad)
	}
	if set.Digest() == f.Digest() || !slices.Equal(set.Classes(), f.Classes()) {
		t.Error("the digest is that of the whole, or the classes are not")
	}
	for i := range set.Len() {
		name := Name(set, i)
		if _, err := set.Image(i); err != nil || name[1]-'0' != byte(set.Label(i)) {
			t.Errorf("%s has label %d, %v", name, set.Label(i), err)
		}
	}
	whole := shapes(t, 5, Test)
	if set, err := Readable(t.Context(), whole, 0, nil); err != nil || set != Dataset(whole) {
		t.Errorf("a sound data set became %T, %v", set, err)
	}
	if _, err := Readable(t.Context(), nothing{whole}, 2, nil); !errors.Is(err, errBroken) {
		t.Errorf("nothing readable: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Readable(ctx, f, 2, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
