package main

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/npy"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/segment"
)

// segmentResult is what --json prints.
type segmentResult struct {
	Model      string           `json:"model"`
	Out        string           `json:"out"`
	Config     mixture.Config   `json:"config"`
	Sides      [2]int           `json:"sides"` // least and most of the shorter side
	Images     []segmentedImage `json:"images"`
	Unreadable []unreadable     `json:"unreadable"`

	bad []*amdim.Unreadable
}

// segmentedImage is an image with its files.
type segmentedImage struct {
	Name       string  `json:"name"`
	Width      int     `json:"width"`
	Height     int     `json:"height"`
	Overlay    string  `json:"overlay"`
	Labels     string  `json:"labels"`
	Q          string  `json:"q,omitempty"`
	Parts      []part  `json:"components"` // the largest first
	Regions    int     `json:"regions,omitempty"`
	Confidence float64 `json:"confidence"` // mean over pixels
}

// part is a component that has pixels.
type part struct {
	Component  int     `json:"component"`
	Share      float64 `json:"share"`      // of the pixels
	Confidence float64 `json:"confidence"` // mean over them
}

// write writes the files of an image and notes what they hold.
func (r *segmentResult) write(s *segmenting, given, name string, made *amdim.Segmentation) error {
	paths := s.pathsOf(name)
	if err := os.MkdirAll(filepath.Dir(paths[0]), 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	img := segmentedImage{
		Name: given, Width: made.Labels.W, Height: made.Labels.H, Overlay: paths[0], Labels: paths[1],
	}
	img.count(made)
	if s.regions {
		made.Labels, img.Regions = made.Labels.Regions()
		if img.Regions > 1<<16 {
			return fmt.Errorf("%s: --regions: %d, more than a PNG holds (65536): --least 0.0001 joins the smallest",
				given, img.Regions)
		}
	}
	overlay, err := made.Overlay()
	if err != nil {
		return err
	}
	err = durable.Replace(paths[0], func(w io.Writer) error { return quick.Encode(w, overlay) })
	if err == nil {
		err = durable.Replace(paths[1], made.Labels.WritePNG)
	}
	if err == nil && s.q {
		img.Q = paths[2]
		err = durable.Replace(paths[2], func(w io.Writer) error { return writeGrid(w, made.Grid) })
	}
	r.Images = append(r.Images, img)
	return err
}

var quick = png.Encoder{CompressionLevel: png.BestSpeed}

// count sets the shares of components and the confidence.
func (i *segmentedImage) count(made *amdim.Segmentation) {
	parts := make([]part, made.Grid.K)
	for at, l := range made.Labels.Label {
		parts[l].Share++
		parts[l].Confidence += float64(made.Confidence[at])
	}
	n := float64(len(made.Labels.Label))
	for l, p := range parts {
		if p.Share > 0 {
			i.Confidence += p.Confidence / n
			i.Parts = append(i.Parts, part{l, p.Share / n, p.Confidence / p.Share})
		}
	}
	slices.SortStableFunc(i.Parts, func(a, b part) int { return cmp.Compare(b.Share, a.Share) })
}

// writeGrid writes probabilities as NPY.
func writeGrid(w io.Writer, g segment.Grid) error {
	h := npy.Header{Type: npy.Float32, Shape: []int{g.H, g.W, g.K}}
	if _, err := w.Write(h.Bytes()); err != nil {
		return err
	}
	return binary.Write(w, binary.LittleEndian, g.V)
}

// print writes the result, in full as JSON.
func (r *segmentResult) print(w io.Writer, full bool) error {
	if full {
		r.Unreadable = []unreadable{}
		for _, u := range r.bad {
			r.Unreadable = append(r.Unreadable, unreadable{u.Name, data.ReasonOf(u.Err)})
		}
		return printJSON(w, r)
	}
	parts, sure := 0, 0.0
	for _, img := range r.Images {
		parts += len(img.Parts)
		sure += img.Confidence
	}
	n := float64(len(r.Images))
	found := spelling.Count(parts, "component")
	if len(r.Images) > 1 {
		found = fmt.Sprintf("%.1f components on average", float64(parts)/n)
	}
	_, err := fmt.Fprintf(w, "%s, %s, confidence %.2f: %s\n",
		spelling.Count(len(r.Images), "image"), found, sure/n, r.Out)
	return err
}

// undivided reports whether no image has several components.
func (r *segmentResult) undivided() bool {
	return !slices.ContainsFunc(r.Images, func(i segmentedImage) bool { return len(i.Parts) > 1 })
}
