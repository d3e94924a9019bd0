package data

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/amdim/amdim/data/pack"
	"github.com/amdim/amdim/tensor"
)

// Packed is a split of a pack: see package pack. Image i is image i of the data
// that was packed, so that the same seed makes the same batches from both. It
// takes no memory except for the images in use.
type Packed struct {
	split *pack.Split
}

// openPacked opens a split of "packed:DIR".
func openPacked(dir string, split Split, _ Options) (Dataset, error) {
	if dir == "" {
		return nil, specErrorf("data: packed: no folder; write packed:DIR")
	}
	dir = atHome(dir)
	p, err := pack.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("data: packed: %w", err)
	}
	name := split.String()
	if _, ok := p.Split(name); !ok && split == Pretrain {
		name = Train.String()
	}
	s, ok := p.Split(name)
	if !ok {
		return nil, fmt.Errorf("data: packed:%s: %w: %s had none when it was packed",
			dir, &EmptyError{split}, p.Spec)
	}
	return &Packed{s}, nil
}

// Origin is the spec of the data that a pack was made from; for anything that is
// not a pack, it is the spec itself.
func Origin(spec string) string {
	dir, ok := strings.CutPrefix(spec, "packed:")
	if !ok {
		return spec
	}
	p, err := pack.Open(atHome(dir))
	if err != nil {
		return spec
	}
	return p.Spec
}

// Len is the number of images, readable or not.
func (p *Packed) Len() int { return p.split.Len() }

// Image returns an image as it was packed. For one that could not be read then
// the error is an *UnreadableError; any other error concerns the pack.
func (p *Packed) Image(i int) (tensor.Image, error) {
	if hole, ok := p.split.Hole(i); ok {
		return tensor.Image{}, p.unreadable(hole)
	}
	img, err := p.split.Image(i)
	if err != nil {
		return tensor.Image{}, fmt.Errorf("data: packed: %w", err)
	}
	return img, nil
}

func (p *Packed) unreadable(u pack.Unreadable) error {
	return &UnreadableError{p.Name(u.Index), errors.New(u.Error)}
}

// Label is the index of the image's class, −1 if there is none.
func (p *Packed) Label(i int) int { return p.split.Label(i) }

// Classes returns the class names, nil if there are none.
func (p *Packed) Classes() []string { return p.split.Classes() }

// Name is the image's name before it was packed.
func (p *Packed) Name(i int) string { return p.split.Name(i) }

// Digest is that of the pixels and labels. For data that are not files it
// equals the digest of what was packed.
func (p *Packed) Digest() string { return p.split.Digest }

// Verify reads all of the split and returns an error if it is damaged.
func (p *Packed) Verify(ctx context.Context, progress func(done, total int)) error {
	if err := p.split.Verify(ctx, progress); err != nil {
		return fmt.Errorf("data: packed: %w", err)
	}
	return nil
}
