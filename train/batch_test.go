package train

import "testing"

func TestBatchForImages(t *testing.T) {
	for _, c := range []struct{ images, batch, want int }{
		{9047, 64, 64}, {512, 64, 64}, {511, 64, 32}, {286, 64, 32}, {128, 64, 16}, {100, 64, 16},
		{20, 64, 16}, {15, 64, 8}, {3, 64, 2}, {2, 64, 2}, {1, 64, 0}, {0, 64, 0}, {1000, 8, 8}, {100, 480, 16},
	} {
		if got := BatchFor(c.images, c.batch); got != c.want {
			t.Errorf("%d images at batch %d: %d, want %d", c.images, c.batch, got, c.want)
		}
	}
}
