package plan

import (
	"errors"
	"math"
	"runtime"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// costly are pictures of which decoding takes bytes, for one of them twice as many.
type costly struct {
	pictures
	bytes int
}

func (c costly) Image(i int) (tensor.Image, error) {
	n := c.bytes
	if i == 3 {
		n *= 2
	}
	runtime.KeepAlive(make([]byte, n))
	return c.pictures.Image(i)
}

// All threads may decode images of the largest kind while one more is garbage, but no
// more than fill a batch.
func TestEveryThreadDecodesTheLargestImageSampled(t *testing.T) {
	const bytes, pixels = 1 << 20, 32 * 32 * 3
	for threads, images := range map[int]int64{1: 2, 3: 4, 16: 17, 100: 17} {
		task := tiny(t, costly{pictures{n: 8, side: 32}, bytes})
		task.Threads = threads
		p, err := Make(t.Context(), task)
		if err != nil {
			t.Fatal(err)
		}
		if d := p.Images.Decode; d < 2*bytes+pixels || d > 2*bytes+bytes/8 {
			t.Errorf("%d bytes to decode an image, want %d", d, 2*bytes+pixels)
		}
		none := p.Memory
		none.decoding = decoding{}
		want := images * p.Images.Decode * (100 + GarbagePercent) / 100
		if d := p.Images.Decoding; d != images*p.Images.Decode {
			t.Errorf("%d bytes for %d threads, want %d", d, threads, images*p.Images.Decode)
		}
		if got := p.Memory.Need - none.need(16); got < want-1 || got > want+1 {
			t.Errorf("%d threads need %d bytes to decode, want %d: %d images", threads, got, want, images)
		}
	}
}

// files are pictures that are files, of which those in large have many bytes and pixels.
type files struct {
	pictures
	large map[int]bool
	err   error // of large ones, if not nil
	read  map[int]int
}

const manyBytes, fewBytes = 16 << 20, 1 << 18

func (f files) Size(i int) int64 {
	if f.large[i] {
		return 5000
	}
	return 100 + int64(i%7)
}

func (f files) Image(i int) (tensor.Image, error) {
	f.read[i]++
	if !f.large[i] {
		runtime.KeepAlive(make([]byte, fewBytes))
		return f.pictures.Image(i)
	}
	runtime.KeepAlive(make([]byte, manyBytes))
	if f.err != nil {
		return tensor.Image{}, f.err
	}
	return tensor.NewImage(4*f.side, 4*f.side), nil
}

// rare are files of which two are large, as many of them in the sample as stated.
func rare(t *testing.T, n, sampled int) files {
	t.Helper()
	f := files{pictures: pictures{n: n, side: 32}, large: map[int]bool{}, read: map[int]int{}}
	draw := rng.New(tiny(t, f).Train.Seed, 0, 0, rng.Sample)
	order := draw.Perm(n)
	for k := range 2 {
		at := n - 1 - k
		if k < sampled {
			at = k
		}
		f.large[order[at]] = true
	}
	return f
}

// near reports whether got is want, except for what decoding and small objects take beside
// the slices above.
func near(got, want int64) bool { return want <= got && got <= want+want/4 }

// Two large files among a thousand are decoded at once by two threads, whether the sample
// holds them or not, and the others decode what is small. No more threads decode large ones.
func TestRareLargeFilesAreDecodedByAsManyThreads(t *testing.T) {
	for _, sampled := range []int{0, 1, 2} {
		for threads, want := range map[int]int64{
			1: 2 * manyBytes, 2: 3 * manyBytes, 4: 3*manyBytes + 2*fewBytes, 100: 3*manyBytes + 14*fewBytes,
		} {
			task := tiny(t, rare(t, 1000, sampled))
			task.Threads = threads
			s, err := task.images(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !near(s.Decode, manyBytes) || !near(s.Decoding, want) {
				t.Errorf("%d threads, %d large ones sampled: %d bytes an image, %d at once, want %d and %d",
					threads, sampled, s.Decode, s.Decoding, manyBytes, want)
			}
		}
	}
}

// What is rare says nothing about the mean, and what the sample holds is not read again.
func TestLargeFilesAreNoPartOfTheSample(t *testing.T) {
	f := rare(t, 1000, 1)
	s, err := tiny(t, f).images(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const small, large = 32 * 32 * 3, 128 * 128 * 3 // one is in the sample
	if n := float64(s.Sample); s.Sample != len(f.read)-1 || math.Round(s.Bytes*n) != (n-1)*small+large {
		t.Errorf("%g bytes an image, %d sampled of %d that were read", s.Bytes, s.Sample, len(f.read))
	}
	for i, times := range f.read {
		if times != 1 {
			t.Errorf("image %d was read %d times", i, times)
		}
	}
}

func TestLargeFilesMayBeUnreadable(t *testing.T) {
	f := rare(t, 1000, 0)
	f.err = &data.UnreadableError{Name: "a.jpg", Err: errors.New("cut off")}
	s, err := tiny(t, f).images(t.Context())
	if err != nil || s.Unreadable != 0 || !near(s.Decode, manyBytes) {
		t.Errorf("%v, images %+v", err, s)
	}
	f.err = errors.New("the disk is gone")
	if _, err := tiny(t, f).images(t.Context()); !errors.Is(err, f.err) {
		t.Errorf("error %v, want %v", err, f.err)
	}
}

// When time is short, files that were not decoded are taken to be like the last that was.
func TestLargeFilesThatTimeDoesNotAllow(t *testing.T) {
	f := rare(t, 1000, 0)
	task := tiny(t, f)
	task.Threads = 4
	d, err := task.decoding(t.Context(), map[int]data.Cost{3: {Peak: 7, Piece: 7}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.read) != 1 || !near(d.atOnce(4), 5*manyBytes) {
		t.Errorf("%d bytes after %d files were read", d.atOnce(4), len(f.read))
	}
}
