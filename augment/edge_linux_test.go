package augment

import (
	"runtime/debug"
	"syscall"
	"testing"

	"github.com/amdim/amdim/tensor"
)

// edge returns an image of noise that ends where no memory is: to read or write
// behind it faults.
func edge(t *testing.T, h, w int) tensor.Image {
	t.Helper()
	page, size := syscall.Getpagesize(), h*w*3
	whole := (size + page - 1) / page * page
	mem, err := syscall.Mmap(-1, 0, whole+page, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Skipf("no memory to map: %v", err)
	}
	t.Cleanup(func() { syscall.Munmap(mem) })
	if err := syscall.Mprotect(mem[whole:], syscall.PROT_NONE); err != nil {
		t.Skipf("no memory to protect: %v", err)
	}
	img := tensor.Image{H: h, W: w, Pix: mem[whole-size : whole : whole]}
	copy(img.Pix, noise(h, w).Pix)
	return img
}

func TestOperationsStayWithinTheirImages(t *testing.T) {
	var s Scratch
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	for h := 1; h <= 20; h++ {
		for w := 1; w <= 40; w++ {
			src, dst := edge(t, h, w), edge(t, w, h)
			for _, mirrored := range []bool{false, true} {
				resizedCrop(dst, src, rectangle{H: h, W: w}, mirrored, &s)
			}
			for _, op := range colourOps {
				op.run(src, 0.4)
			}
		}
	}
}
