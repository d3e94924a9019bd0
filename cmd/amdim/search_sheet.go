package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/tensor"
)

// What a sheet of near-duplicates shows at most.
const (
	shownGroups = 60
	shownTwins  = 16 // of a group
)

// thumbnails are small pictures of the images of an index.
type thumbnails struct {
	set    *embedding.Set
	folder string         // that the images are in
	data   data.Dataset   // or nil; row i is its image
	at     map[string]int // of that name or, without names, i
	lost   int            // that could not be shown
	first  error          // why the first could not
}

// thumbnailsOf finds the images of an index: below folder, or where it says.
func thumbnailsOf(ctx context.Context, set *embedding.Set, folder string) (*thumbnails, error) {
	p := &thumbnails{set: set, folder: folder}
	if dir, ok := data.FolderOf(set.Model.Images); ok && p.folder == "" {
		p.folder = dir
	}
	if p.folder != "" {
		if info, err := os.Stat(p.folder); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("no folder %s: name the folder of the images with --image-folder", p.folder)
		}
		return p, nil
	}
	if set.Model.Images == "" {
		return p, nil // single files, named by their paths
	}
	if err := p.open(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// open opens the images of data that are no folder. Those that cannot be read are not
// in the index: names tell where the others are.
func (p *thumbnails) open(ctx context.Context) (err error) {
	o := p.set.Model
	if p.data, _, err = data.OpenSplit(o.Images, o.Split, data.Options{Context: ctx}); err != nil {
		return err
	}
	if named, ok := p.data.(data.Named); ok {
		p.at = make(map[string]int, named.Len())
		for i := range named.Len() {
			p.at[named.Name(i)] = i
		}
		return nil
	}
	if p.data.Len() != p.set.Len() {
		return fmt.Errorf("%s has %d images, the index %d: the data has changed",
			o.Images, p.data.Len(), p.set.Len())
	}
	return nil
}

// image is the picture of row i, empty when it cannot be read.
func (p *thumbnails) image(i int) tensor.Image { return p.thumbnail(p.read(i)) }

// read is the image of row i.
func (p *thumbnails) read(i int) (tensor.Image, error) {
	name := p.set.Names[i]
	switch {
	case p.at != nil:
		at, ok := p.at[name]
		if !ok {
			return tensor.Image{}, fmt.Errorf("%s is not among the images of %s", name, p.set.Model.Images)
		}
		return p.data.Image(at)
	case p.data != nil:
		return p.data.Image(i)
	}
	path := filepath.FromSlash(name)
	if p.folder != "" && !filepath.IsLocal(path) { // an index of others may say anything
		return tensor.Image{}, fmt.Errorf("%s is not in %s", name, p.folder)
	}
	return imagefile.Read(filepath.Join(p.folder, path), imagefile.Limits{})
}

func (p *thumbnails) file(path string) tensor.Image {
	return p.thumbnail(imagefile.Read(path, imagefile.Limits{}))
}

func (p *thumbnails) thumbnail(img tensor.Image, err error) tensor.Image {
	if err != nil {
		if p.lost++; p.first == nil {
			p.first = err
		}
		return tensor.Image{}
	}
	return report.Thumbnail(img)
}

// querySheet has a row for each query.
func querySheet(p *thumbnails, results []found) *report.Sheet {
	s := &report.Sheet{Title: "Nearest images", Headline: fmt.Sprintf(
		"among %d; the number is the cosine of the vectors", p.set.Len())}
	for _, r := range results {
		row := report.SheetRow{Title: r.Query, Query: &report.SheetCell{Caption: "query", Name: r.Query}}
		if r.row >= 0 {
			row.Query.Image = p.image(r.row)
		} else {
			row.Query.Image = p.file(r.Query)
		}
		for _, m := range r.Matches {
			cell := report.SheetCell{Image: p.image(m.Index), Caption: fmt.Sprintf("%.3f", m.Cosine), Name: m.Name}
			row.Cells = append(row.Cells, cell)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// twinSheet has a row for each group.
func (s *search) twinSheet(p *thumbnails, groups []embedding.Group) *report.Sheet {
	sheet := &report.Sheet{Title: "Near-duplicates", Headline: s.headline(p.set, groups)}
	if len(groups) > shownGroups {
		sheet.Headline += fmt.Sprintf("; the first %d groups are shown", shownGroups)
	}
	for i, g := range groups[:min(len(groups), shownGroups)] {
		row := report.SheetRow{Title: groupTitle(i, g), More: max(0, len(g.Images)-shownTwins)}
		for _, j := range g.Images[:min(len(g.Images), shownTwins)] {
			row.Cells = append(row.Cells, report.SheetCell{Image: p.image(j), Name: p.set.Names[j]})
		}
		sheet.Rows = append(sheet.Rows, row)
	}
	return sheet
}
