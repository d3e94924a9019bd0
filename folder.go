package amdim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/tensor"
)

// Unreadable is the error for one file that could not be used: it is damaged, too large, missing
// or not an image. Name is its path, relative to the folder or as given; Unwrap returns Err, the
// reason. Package data defines it: [data.UnreadableError].
type Unreadable = data.UnreadableError

// EmbedFolder returns the vectors of all images below a folder, named by their paths relative to
// it, and the files that could not be read. It follows symbolic links, also out of the folder, and
// reads a folder that is reached twice once. Hidden files are left out. It is an error if there
// are no images, if none can be read, or if a subfolder cannot be read.
func (m *Model) EmbedFolder(ctx context.Context, dir string) (*Set, []*Unreadable, error) {
	return m.EmbedData(ctx, "folder:"+dir, "")
}

// EmbedFiles returns the vectors of image files, named by their paths as given,
// and the files that could not be read.
func (m *Model) EmbedFiles(ctx context.Context, paths ...string) (*Set, []*Unreadable, error) {
	done, err := m.use()
	if err != nil {
		return nil, nil, fmt.Errorf("amdim: embed: %w", err)
	}
	defer done()
	if len(paths) == 0 {
		return nil, nil, errors.New("amdim: embed: no files are given")
	}
	return m.embedSet(ctx, fileList{paths, m.transform.Source()}, embedding.Origin{})
}

// EmbedData returns the vectors of any data set that the command accepts as a
// spec, such as "folder:DIR" or "cifar10:DIR", and the images that could not be
// read. split is "train", "test", "pretrain" or empty, which means all images
// of a folder and the train split of other data.
func (m *Model) EmbedData(ctx context.Context, spec, split string) (*Set, []*Unreadable, error) {
	done, err := m.use()
	if err != nil {
		return nil, nil, fmt.Errorf("amdim: embed: %w", err)
	}
	defer done()
	if err := ctx.Err(); err != nil {
		return nil, nil, fmt.Errorf("amdim: embed: %w", err)
	}
	reading := data.Options{Side: m.transform.Source(), Context: ctx}
	set, split, err := data.OpenSplit(spec, split, reading)
	if err != nil {
		return nil, nil, fmt.Errorf("amdim: embed: %w", err)
	}
	return m.embedSet(ctx, set, embedding.Origin{Images: spec, Split: split})
}

// embedSet is encodeSet with the origin of the images; one without images that can be read is an
// error. The caller holds the model open.
func (m *Model) embedSet(
	ctx context.Context, set data.Dataset, o embedding.Origin,
) (*Set, []*Unreadable, error) {
	s, bad, err := m.encodeSet(ctx, set)
	if err == nil {
		s.Model.Images, s.Model.Split = o.Images, o.Split
		err = m.checkSet(s, bad)
	}
	if err != nil {
		return nil, bad, fmt.Errorf("amdim: embed: %w", err)
	}
	return s, bad, nil
}

// encodeSet encodes a data set, leaving out the images that cannot be read, which may be all.
func (m *Model) encodeSet(ctx context.Context, set data.Dataset) (*Set, []*Unreadable, error) {
	p := &patient{
		Dataset: set, blank: tensor.NewImage(m.Px(), m.Px()), progress: m.progress, telling: map[int]bool{},
		ctx: ctx, turns: m.converting,
	}
	images, err := encoder.NewImages(p, m.Px(), m.transform)
	if err != nil {
		return nil, nil, err
	}
	images.Threads = m.options.Threads
	forward, err := m.forward(ctx, set.Len())
	if err != nil {
		return nil, nil, err
	}
	features, err := forward.Encode(ctx, images)
	if err != nil {
		return nil, nil, p.whose(err)
	}
	origin, err := m.origin()
	if err != nil {
		return nil, nil, err
	}
	s := &Set{Dim: m.Dim(), Model: origin, X: features.X[:0]}
	for i := range set.Len() {
		if _, bad := p.bad[i]; bad {
			continue
		}
		s.Names, s.X = append(s.Names, data.Name(set, i)), append(s.X, features.Row(i)...)
		s.Versions = append(s.Versions, data.ImageVersion(set, i))
	}
	s.Versions = known(s.Versions)
	return s, p.unreadable(), nil
}

// known returns versions, or nil if they are all empty.
func known(versions []string) []string {
	if slices.ContainsFunc(versions, func(v string) bool { return v != "" }) {
		return versions
	}
	return nil
}

// checkSet returns what is wrong with the vectors of images, of which some could not be read.
func (m *Model) checkSet(s *Set, bad []*Unreadable) error {
	if s.Len() == 0 && len(bad) > 0 {
		of := ""
		if s.Model.Images != "" {
			of = " of " + s.Model.Images
		}
		return fmt.Errorf("none of %d images%s can be read; the first: %w", len(bad), of, bad[0])
	}
	if err := s.Validate(); err != nil {
		return fmt.Errorf("model %s: %w", m.path, err)
	}
	return nil
}

// progress calls Options.Progress, for one embedding goroutine at a time.
func (m *Model) progress(done, total int) {
	if m.options.Progress == nil {
		return
	}
	m.telling.Lock()
	defer m.telling.Unlock()
	m.options.Progress(done, total)
}

// patient is a data set that gives a black image in place of one that cannot be
// read, and remembers why, so that nothing needs to be read twice.
type patient struct {
	data.Dataset
	blank    tensor.Image
	progress func(done, total int)
	ctx      context.Context // of the call
	turns    parallel.Turns  // to decode an image

	mu      sync.Mutex
	read    int
	telling map[int]bool // images after which progress runs, or has panicked
	bad     map[int]*Unreadable
}

// Image implements data.Dataset.
func (p *patient) Image(i int) (tensor.Image, error) {
	img, err := p.decode(i)
	p.mu.Lock()
	defer p.mu.Unlock()
	var unreadable *Unreadable
	if errors.As(err, &unreadable) {
		if p.bad == nil {
			p.bad = map[int]*Unreadable{}
		}
		p.bad[i] = unreadable
		img, err = p.blank, nil
	}
	p.read++
	p.telling[i] = true
	p.progress(p.read, p.Len())
	delete(p.telling, i) // unless it panics
	return img, err
}

// whose is err or, for a panic of progress, an error that does not blame the image.
func (p *patient) whose(err error) error {
	var of *data.PanicError
	if !errors.As(err, &of) || !p.telling[of.Image] {
		return err
	}
	of.Image = -1
	return fmt.Errorf("Options.Progress: %w", of)
}

// decode takes a turn, since there is memory for as many images as threads.
func (p *patient) decode(i int) (tensor.Image, error) {
	if err := p.turns.Wait(p.ctx); err != nil {
		return tensor.Image{}, err
	}
	defer p.turns.Leave()
	return p.Dataset.Image(i)
}

// unreadable lists what could not be read, in the order of the data.
func (p *patient) unreadable() []*Unreadable {
	var all []*Unreadable
	for _, i := range slices.Sorted(maps.Keys(p.bad)) {
		all = append(all, p.bad[i])
	}
	return all
}

// fileList is a data set of single files. It has neither labels nor a digest.
type fileList struct {
	paths []string
	side  int // images are reduced to
}

func (f fileList) Len() int          { return len(f.paths) }
func (f fileList) Label(int) int     { return -1 }
func (f fileList) Classes() []string { return nil }
func (f fileList) Digest() string    { return "" }
func (f fileList) Name(i int) string { return f.paths[i] }

func (f fileList) Image(i int) (tensor.Image, error) {
	var img tensor.Image
	file, err := imagefile.Bytes(f.paths[i], imagefile.Limits{})
	if err == nil {
		img, err = imagefile.Decode(file, imagefile.Limits{})
	}
	if err != nil {
		return img, &Unreadable{Name: f.paths[i], Err: err}
	}
	return imagefile.Reduce(img, f.side), nil
}
