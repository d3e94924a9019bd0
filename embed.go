package amdim

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/tensor"
)

// batchSizes are compiled when first needed: one image should not cost as much as
// 64, nor should 32, the most lines of a stream that are answered together.
var batchSizes = []int{1, 8, 32, 64}

// limits are those of Embed.
var limits = imagefile.Decoded()

// Embed returns the vector f1 of each image, Dim numbers each. Images come from Decode or any
// other source of an image.Image. One of more than 200 million pixels, or with one side more than
// 2000 times the other, is an error.
//
// Vectors are not normalised: their length is not 1, and much of each is the same for all images.
// An Index first gives each dimension mean 0 and deviation 1 over its Set, then takes cosines. To
// do the same in another vector store, use package feature: keep the moments of the stored vectors
// (MomentsOf); apply them to every vector that is stored or looked for (Moments.Apply); scale it
// to length 1 (Features.Unit); search by inner product.
//
// Vectors that were computed together, up to 64, share one array. To keep a few of many, copy them
// with slices.Clone.
func (m *Model) Embed(ctx context.Context, images ...image.Image) ([][]float32, error) {
	done, err := m.use()
	if err != nil {
		return nil, fmt.Errorf("amdim: embed: %w", err)
	}
	defer done()
	for i, img := range images {
		if err := usable(img, limits); err != nil {
			return nil, fmt.Errorf("amdim: embed: image %d of %d %w", i+1, len(images), err)
		}
	}
	vectors := make([][]float32, 0, len(images))
	for batch := range slices.Chunk(images, slices.Max(batchSizes)) {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("amdim: embed: %w", err)
		}
		x, err := m.embedBatch(ctx, batch)
		if err != nil {
			return nil, fmt.Errorf("amdim: embed: %w", err)
		}
		for row := range slices.Chunk(x, m.Dim()) {
			vectors = append(vectors, slices.Clip(row))
		}
	}
	return vectors, nil
}

// Reduce returns a smaller image that has the same vector, or img itself if there is none. A
// service whose requests wait before they call Embed can hold the smaller images meanwhile.
func (m *Model) Reduce(img image.Image) image.Image {
	if usable(img, limits) != nil {
		return img
	}
	whole, _ := fromImage(context.Background(), img) // nothing else is an error
	if reduced := imagefile.Reduce(whole, m.transform.Source()); reduced.W < whole.W {
		return picture{reduced}
	}
	return img
}

// usable returns what prevents an image from being used within limits, if anything.
func usable(img image.Image, limits imagefile.Limits) error {
	if img == nil || img.Bounds().Empty() {
		return errors.New("is empty")
	}
	size := img.Bounds().Size()
	if err := limits.Check(size.X, size.Y); err != nil {
		return fmt.Errorf("has %d×%d pixels: %w", size.X, size.Y, err)
	}
	return nil
}

// embedBatch returns the rows of one batch.
func (m *Model) embedBatch(ctx context.Context, images []image.Image) ([]float32, error) {
	pixels, err := m.pixels(ctx, images)
	if err != nil {
		return nil, err
	}
	x, err := m.encode(ctx, pixels, len(images))
	if err != nil {
		return nil, err
	}
	if i := tensor.NonFinite(x); i >= 0 {
		return nil, fmt.Errorf("number %d of image %d is %v: the weights of %s are damaged",
			i%m.Dim(), i/m.Dim()+1, x[i], m.path)
	}
	return x, nil
}

// smallImage is how many pixels an image may have to be converted at once: it takes 3 MB and
// some milliseconds, and a query need not wait until the photos of a folder are decoded.
const smallImage = 1 << 20

// pixels returns images as the network sees them, uint8 (n, px, px, 3).
func (m *Model) pixels(ctx context.Context, images []image.Image) ([]uint8, error) {
	one := m.Px() * m.Px() * 3
	pixels := make([]uint8, len(images)*one)
	pool := parallel.NewFor(len(images), m.options.Threads)
	defer pool.Close() // also if an image panics: a server recovers and goes on
	scratch := make([]augment.Scratch, pool.Threads())
	pool.For(len(images), func(worker, i int) {
		if size := images[i].Bounds().Size(); size.X*size.Y <= smallImage {
			if ctx.Err() != nil {
				return
			}
		} else if m.converting.Wait(ctx) == nil {
			defer m.converting.Leave()
		} else {
			return
		}
		img, err := fromImage(ctx, images[i])
		if err != nil {
			return // that of ctx
		}
		img = imagefile.Reduce(img, m.transform.Source())
		m.transform.Plain(pixels[i*one:(i+1)*one], img, &scratch[worker])
	})
	return pixels, ctx.Err()
}

// forward returns the encoder for n images.
func (m *Model) forward(ctx context.Context, n int) (*encoder.Forward, error) {
	size := slices.Max(batchSizes)
	for _, s := range batchSizes {
		if s >= n {
			size = s
			break
		}
	}
	if err := m.compiling.Wait(ctx); err != nil {
		return nil, err
	}
	defer m.compiling.Leave()
	if f, ok := m.forwards[size]; ok {
		return f, nil
	}
	f, err := m.encoder.Forward(ctx, size)
	if err == nil {
		m.forwards[size] = f
	}
	return f, err
}
