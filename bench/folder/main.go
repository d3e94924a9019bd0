package main

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
)

const (
	width, height = 500, 375
	quality       = 88
	grain         = 14      // levels at most, up and down
	side          = 160     // of a shape before it is enlarged
	shapes        = 1000    // different ones; the grain makes the files differ
	noiseLen      = 1 << 20 // numbers of grain, used from different places
)

func main() {
	out := flag.String("out", "", "folder to make")
	n := flag.Int("n", 10_000, "files")
	damaged := flag.Int("damaged", 100, "of the files, spread over all; four kinds in turn")
	flag.Parse()
	if err := fill(*out, *n, *damaged); err != nil {
		fmt.Fprintln(os.Stderr, "folder:", err)
		os.Exit(1)
	}
}

func fill(dir string, n, damaged int) error {
	if dir == "" || n < 1 || damaged < 0 || damaged > n {
		return fmt.Errorf("-out DIR, -n from 1, -damaged from 0 to n")
	}
	set, err := data.NewShapes(data.ShapesConfig{Size: side, Train: min(n, shapes), Test: 1}, data.Train)
	if err != nil {
		return err
	}
	for _, class := range set.Classes() {
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			return err
		}
	}
	p := &painter{set: set, noise: make([]int16, noiseLen)}
	stream := rng.New(1, 0, 0, rng.Generate)
	for i := range p.noise {
		p.noise[i] = int16(stream.IntN(2*grain+1) - grain)
	}
	pool := parallel.New(0)
	defer pool.Close()
	errs := make([]error, n)
	pool.For(n, func(_, i int) {
		var file []byte
		if file, errs[i] = p.file(i); errs[i] != nil {
			return
		}
		if k, ok := damagedAs(i, n, damaged); ok {
			file = damage(file, k)
		}
		class := set.Classes()[set.Label(i%set.Len())]
		errs[i] = os.WriteFile(filepath.Join(dir, class, fmt.Sprintf("%06d.jpg", i)), file, 0o644)
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// damagedAs returns which of the damaged files i is. There is one in each of as
// many parts, one place later than in the part before, so that no class has all.
func damagedAs(i, n, damaged int) (k int, ok bool) {
	if damaged == 0 {
		return 0, false
	}
	k = i * damaged / n
	first := (k*n + damaged - 1) / damaged
	return k, i-first == k%(n/damaged)
}

// painter makes the files.
type painter struct {
	set   *data.Shapes
	noise []int16
}

// file is picture i as JPEG.
func (p *painter) file(i int) ([]byte, error) {
	small, err := p.set.Image(i % p.set.Len())
	if err != nil {
		return nil, err
	}
	shape := image.NewRGBA(image.Rect(0, 0, small.W, small.H))
	for j := range small.H * small.W {
		copy(shape.Pix[4*j:], small.Pix[3*j:3*j+3])
		shape.Pix[4*j+3] = 255
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	whole := image.Rect(0, (height-width)/2, width, (height+width)/2) // its middle is seen
	draw.ApproxBiLinear.Scale(img, whole, shape, shape.Rect, draw.Src, nil)
	stream := rng.New(2, 0, i, rng.Generate)
	for y := range height {
		row := img.Pix[y*img.Stride:][:4*width]
		noise := p.noise[stream.IntN(noiseLen-width):]
		for x := range width {
			for c := range 3 {
				row[4*x+c] = uint8(min(max(int16(row[4*x+c])+noise[x], 0), 255))
			}
		}
	}
	var b bytes.Buffer
	err = jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}

// damage makes a file that is no image, in way k mod 4.
func damage(file []byte, k int) []byte {
	switch k % 4 {
	case 0: // the rest was lost
		return file[:len(file)/2]
	case 1:
		return nil
	case 2:
		return []byte("<!doctype html><title>404 Not Found</title>\n")
	}
	middle := file[len(file)/2:][:4096] // another file's bytes
	for i := range middle {
		middle[i] = byte(i * 167)
	}
	return file
}
