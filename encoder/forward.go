package encoder

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/tensor"
)

// Forward is a frozen encoder for batches of up to a certain size. The Forwards of
// one Encoder may be run from several goroutines: their batches wait for each other.
type Forward struct {
	encoder *Encoder
	exec    engine.Exec
	in, out []tensor.Tensor
	size    int // images in a batch
}

// Forward compiles the encoder for batches of size images, when its turn comes.
func (e *Encoder) Forward(ctx context.Context, size int) (*Forward, error) {
	if err := e.turn.Wait(ctx); err != nil {
		return nil, fmt.Errorf("encoder: encode: %w", err)
	}
	defer e.turn.Leave()
	bound, exec, err := e.compile(e.model.Encode(), size)
	if err != nil {
		return nil, fmt.Errorf("encoder: encode: %w", err)
	}
	px := e.model.Px
	return &Forward{
		encoder: e, exec: exec, size: size, out: engine.Outputs(bound),
		in: []tensor.Tensor{tensor.NewUint8(size, px, px, 3)},
	}, nil
}

// Append appends f1 of images, uint8 (n, px, px, 3) with n up to the size, to
// dst: n·r numbers. Each f1 is a function of its image alone, bit for bit,
// whatever the size and the other images. If ctx is done before its turn comes,
// it returns at once and nothing is computed.
func (f *Forward) Append(ctx context.Context, dst []float32, images []uint8) ([]float32, error) {
	in := f.in[0].U8
	one := len(in) / f.size
	if len(images) > len(in) || len(images)%one != 0 {
		panic(fmt.Sprintf("encoder: Forward: %d bytes of images, need up to %d of %d", len(images), f.size, one))
	}
	if err := f.encoder.turn.Wait(ctx); err != nil {
		return dst, fmt.Errorf("encoder: encode: %w", err)
	}
	defer f.encoder.turn.Leave()
	clear(in[copy(in, images):])
	if err := f.exec.Forward(f.in, f.out); err != nil {
		return dst, fmt.Errorf("encoder: encode: %w", err)
	}
	return append(dst, f.out[0].F32[:len(images)/one*f.encoder.model.NRKHS]...), nil
}

// Encode returns f1 of plain images, in batches.
func (f *Forward) Encode(ctx context.Context, images *Images) (_ feature.Features, err error) {
	all := feature.Features{Dim: f.encoder.model.NRKHS, Labels: images.Labels()}
	all.X = make([]float32, 0, images.Len()*all.Dim)
	one := images.px * images.px * 3
	err = images.pass(ctx, min(f.size, batchOf(images.Len())), func(batch tensor.Tensor, n int) (err error) {
		all.X, err = f.Append(ctx, all.X, batch.U8[:n*one])
		return err
	})
	return all, err
}

// Close frees the engine's memory.
func (f *Forward) Close() error {
	if err := f.encoder.turn.Wait(context.Background()); err != nil {
		return err
	}
	defer f.encoder.turn.Leave()
	return f.exec.Close()
}
