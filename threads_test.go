package amdim

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/tensor"
)

// busy is a data set that knows how many have read images of it at once.
type busy struct {
	data.Dataset
	now, most atomic.Int32
}

func (b *busy) Image(i int) (tensor.Image, error) {
	n := b.now.Add(1)
	defer b.now.Add(-1)
	for range 1000 {
		runtime.Gosched()
	}
	for most := b.most.Load(); n > most && !b.most.CompareAndSwap(most, n); most = b.most.Load() {
	}
	return b.Dataset.Image(i)
}

func TestImagesAreReadByNoMoreThreadsThanAsked(t *testing.T) {
	set, err := data.Open("shapes:train=24,test=9", data.Train, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := &busy{Dataset: set}
	if _, _, err := open(t, Options{Threads: 1}).embedSet(context.Background(), b, embedding.Origin{}); err != nil {
		t.Fatal(err)
	}
	if n := b.most.Load(); n != 1 {
		t.Errorf("%d threads read images, want 1", n)
	}
}
