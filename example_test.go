package amdim_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/embedding"
)

// disc is a generated picture: a disc of one colour on a ground of another.
func disc(size, radius int, inside, outside color.Color) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			dx, dy := x-size/2, y-size/2
			img.Set(x, y, outside)
			if dx*dx+dy*dy < radius*radius {
				img.Set(x, y, inside)
			}
		}
	}
	return img
}

var (
	red, blue = color.RGBA{200, 30, 30, 255}, color.RGBA{20, 40, 220, 255}
	sand      = color.RGBA{220, 200, 150, 255}
)

// album is a folder of six generated photographs and one damaged file.
func album() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "album"); err != nil {
		return "", err
	}
	for i := range 3 {
		for name, c := range map[string]color.Color{"red": red, "blue": blue} {
			var file bytes.Buffer
			if err := png.Encode(&file, disc(40+8*i, 12+2*i, c, sand)); err != nil {
				return "", err
			}
			path := filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, i))
			if err := os.WriteFile(path, file.Bytes(), 0o644); err != nil {
				return "", err
			}
		}
	}
	return dir, os.WriteFile(filepath.Join(dir, "torn.png"), []byte("\x89PNG"), 0o644)
}

// trained is the folder of a run: a very small network after two updates. set are
// further settings.
func trained(set ...string) (run string, err error) {
	if run, err = os.MkdirTemp("", "run"); err != nil {
		return "", err
	}
	_, err = amdim.Pretrain(context.Background(), amdim.PretrainConfig{
		Preset: "demo", Data: "shapes:train=32,test=1", Out: run, MaxSteps: 2,
		Set: append(set, "model.ndf=4", "model.n_rkhs=16", "model.n_depth=1", "train.batch=16", "train.epochs=1"),
	})
	return run, err
}

// Open a run and embed one picture.
func Example() {
	run, err := trained()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(run)

	m, err := amdim.Open(run, amdim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	vectors, err := m.Embed(context.Background(), disc(64, 20, red, sand))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(vectors), "image,", len(vectors[0]), "numbers; the network sees", m.Px(), "px")
	// Output: 1 image, 16 numbers; the network sees 32 px
}

// Learn classes from a few labelled images, and classify another.
func ExampleModel_LearnClasses() {
	run, err := trained()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(run)
	m, err := amdim.Open(run, amdim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()

	ctx := context.Background()
	labelled, unreadable, err := m.EmbedLabelled(ctx, "shapes:train=60,test=1", "") // or folder:sorted
	if err != nil {
		fmt.Println(err)
		return
	}
	classes, err := m.LearnClasses(ctx, labelled, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	vectors, err := m.Embed(ctx, disc(64, 20, red, sand))
	if err != nil {
		fmt.Println(err)
		return
	}
	probabilities, err := classes.Classify(vectors[0])
	fmt.Println(len(probabilities), "probabilities:", classes.Classes[0], "and so on,", err)
	fmt.Println("learnt from", classes.Images, "images,", len(unreadable), "could not be read")
	// Output:
	// 10 probabilities: disc and so on, <nil>
	// learnt from 60 images, 0 could not be read
}

// Embed what a client has uploaded.
func ExampleDecode() {
	run, err := trained()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(run)
	m, err := amdim.Open(run, amdim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	var upload bytes.Buffer
	if err := png.Encode(&upload, disc(300, 90, blue, sand)); err != nil {
		fmt.Println(err)
		return
	}

	img, err := amdim.Decode(upload.Bytes())
	if err != nil {
		fmt.Println(err) // the file is damaged, or no image
		return
	}
	vectors, err := m.Embed(context.Background(), img)
	fmt.Println(len(vectors[0]), err)
	// Output: 16 <nil>
}

// Embed a folder, save it for NumPy, and find what is like a picture in it.
func ExampleModel_EmbedFolder() {
	ctx := context.Background()
	run, err := trained()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(run)
	dir, err := album()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	m, err := amdim.Open(run, amdim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()

	set, unreadable, err := m.EmbedFolder(ctx, dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(set.Len(), "images; left out:", unreadable[0].Name)
	if err := set.Save(filepath.Join(dir, "album.npy")); err != nil {
		fmt.Println(err)
		return
	}
	index, err := amdim.NewIndex(set)
	if err != nil {
		fmt.Println(err)
		return
	}
	query, err := m.Embed(ctx, disc(56, 16, red, sand)) // as red-2.png
	if err != nil {
		fmt.Println(err)
		return
	}
	matches, err := index.Search(query[0], 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %.2f\n", matches[0].Name, matches[0].Cosine)
	// Output:
	// 6 images; left out: torn.png
	// red-2.png 1.00
}

// Add an image that a client has uploaded to an index. Others may search the old index
// meanwhile; it is not changed.
func ExampleModel_NewSet() {
	ctx := context.Background()
	run, err := trained()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(run)
	dir, err := album()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	m, err := amdim.Open(run, amdim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	set, _, err := m.EmbedFolder(ctx, dir)
	if err != nil {
		fmt.Println(err)
		return
	}

	vectors, err := m.Embed(ctx, disc(70, 25, blue, sand))
	if err != nil {
		fmt.Println(err)
		return
	}
	upload, err := m.NewSet([]string{"upload 1"}, vectors)
	if err != nil {
		fmt.Println(err)
		return
	}
	if set, err = embedding.Join(set, upload); err != nil {
		fmt.Println(err)
		return
	}
	index, err := amdim.NewIndex(set) // anew: vectors are standardised over the whole set
	if err != nil {
		fmt.Println(err)
		return
	}
	matches, err := index.Search(vectors[0], 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d images; %s %.2f\n", index.Set().Len(), matches[0].Name, matches[0].Cosine)
	// Output: 7 images; upload 1 1.00
}

// Segment a picture by the components of a mixture, and draw them over it.
func ExampleModel_Segment() {
	run, err := trained("model.mix.k=8", "model.mix.tau=5")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(run)
	m, err := amdim.Open(run, amdim.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()

	s, err := m.Segment(context.Background(), disc(90, 30, red, sand), amdim.SegmentOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	overlay, err := s.Overlay()
	if err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	if err := png.Encode(&file, overlay); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("labels of %d×%d pixels, %d components; the disc and its ground have labels: %v\n",
		s.Labels.W, s.Labels.H, s.Grid.K, s.Labels.At(45, 45) < 8 && s.Labels.At(0, 0) < 8)
	// Output: labels of 90×90 pixels, 8 components; the disc and its ground have labels: true
}

// Train on a folder and watch the loss. With Resume the same call goes on after
// a stop, to the same bytes.
func ExamplePretrain() {
	dir, err := album()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := os.Remove(filepath.Join(dir, "torn.png")); err != nil {
		fmt.Println(err)
		return
	}
	run := filepath.Join(dir, "run")

	result, err := amdim.Pretrain(context.Background(), amdim.PretrainConfig{
		Preset: "demo", // "photos-tiny" for photographs
		Data:   "folder:" + dir,
		Out:    run,
		Resume: true,
		Set:    []string{"train.epochs=2", "train.batch=3", "model.ndf=4", "model.n_rkhs=16", "model.n_depth=1"},
		OnRecord: func(r amdim.Record) {
			fmt.Printf("update %d, finite loss: %v\n", r.Step, r.Loss > 0)
		},
	})
	fmt.Println(result.Step, "of", result.Steps, err)
	// Output:
	// update 2, finite loss: true
	// update 4, finite loss: true
	// 4 of 4 <nil>
}
