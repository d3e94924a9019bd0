package tensorboard

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/image/draw"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/tensor"
)

// ProjectorFiles are what Projector writes; TensorBoard looks for the last.
var ProjectorFiles = []string{"vectors.tsv", "metadata.tsv", "sprite.png", "projector_config.pbtxt"}

// Measures of a sprite: TensorBoard takes no picture of more than 8192 pixels a side.
const (
	spriteSide  = 8192
	largestCell = 64
	leastCell   = 8
)

// Projector writes a set for TensorBoard's projector into a folder: vectors,
// names, and pictures as one sprite. picture may be nil, and may return an image
// without pixels for one that cannot be shown.
func Projector(folder string, s *embedding.Set, picture func(i int) tensor.Image) error {
	files := []func(io.Writer) error{
		func(w io.Writer) error { return writeVectors(w, s) },
		func(w io.Writer) error { return writeNames(w, s) },
		nil,
		nil,
	}
	cell := cellOf(s.Len())
	if picture == nil || cell < leastCell {
		cell = 0
	} else {
		files[2] = func(w io.Writer) error { return png.Encode(w, sprite(s.Len(), cell, picture)) }
	}
	files[3] = func(w io.Writer) error {
		_, err := io.WriteString(w, projectorConfig(cell))
		return err
	}
	for i, write := range files {
		if write == nil {
			continue
		}
		if err := writeProjectorFile(filepath.Join(folder, ProjectorFiles[i]), write); err != nil {
			return fmt.Errorf("tensorboard: projector: %w", err)
		}
	}
	return nil
}

func writeProjectorFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(write(w), w.Flush(), f.Close())
}

func writeVectors(w io.Writer, s *embedding.Set) error {
	var line []byte
	for i := range s.Len() {
		line = line[:0]
		for j, x := range s.Row(i) {
			if j > 0 {
				line = append(line, '\t')
			}
			line = strconv.AppendFloat(line, float64(x), 'g', -1, 32)
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// writeNames writes the names, and where they are paths the first folder of each:
// the class, in a folder of classes. One column has no heading.
func writeNames(w io.Writer, s *embedding.Set) error {
	folders := true
	for _, name := range s.Names {
		folders = folders && strings.Contains(name, "/")
	}
	if folders {
		if _, err := io.WriteString(w, "name\tfolder\n"); err != nil {
			return err
		}
	}
	for _, name := range s.Names {
		line := cellText(name)
		if folders {
			folder, _, _ := strings.Cut(name, "/")
			line += "\t" + cellText(folder)
		}
		if _, err := io.WriteString(w, line+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// cellText is a name without what ends a cell or a line.
func cellText(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, name)
}

func projectorConfig(cell int) string {
	text := "embeddings {\n  tensor_name: \"f1\"\n  tensor_path: \"vectors.tsv\"\n" +
		"  metadata_path: \"metadata.tsv\"\n"
	if cell > 0 {
		text += fmt.Sprintf("  sprite {\n    image_path: \"sprite.png\"\n    single_image_dim: %d\n"+
			"    single_image_dim: %d\n  }\n", cell, cell)
	}
	return text + "}\n"
}

// perLine is how many of n pictures stand in a line: as many as there are lines.
func perLine(n int) int { return int(math.Ceil(math.Sqrt(float64(n)))) }

// cellOf is the side of a picture when there are n.
func cellOf(n int) int { return min(largestCell, spriteSide/max(1, perLine(n))) }

// sprite draws n pictures in proportion, line by line.
func sprite(n, cell int, picture func(i int) tensor.Image) *image.RGBA {
	line := perLine(n)
	all := image.NewRGBA(image.Rect(0, 0, line*cell, line*cell))
	draw.Draw(all, all.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	for i := range n {
		img := picture(i)
		if img.H == 0 || img.W == 0 {
			continue
		}
		long := max(img.H, img.W)
		w, h := max(1, img.W*cell/long), max(1, img.H*cell/long)
		x, y := i%line*cell+(cell-w)/2, i/line*cell+(cell-h)/2
		draw.CatmullRom.Scale(all, image.Rect(x, y, x+w, y+h), imagefile.RGBA(img), image.Rect(0, 0, img.W, img.H),
			draw.Src, nil)
	}
	return all
}
