package pack

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/amdim/amdim/internal/lock"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rawtext"
	"github.com/amdim/amdim/tensor"
)

// Images is what is packed: a data.Dataset.
type Images interface {
	Len() int
	Image(i int) (tensor.Image, error)
	Label(i int) int
	Classes() []string
	Digest() string
}

// Source is a split to be packed.
type Source struct {
	Split      string // train, test or pretrain
	Images     Images
	Name       func(i int) string // nil: images are not files
	Unreadable int                // how many images may be unreadable

	// Reason is why an image is unreadable, without its name, and whether the error concerns
	// only this image; if not, it ends the packing. Nil: the error's text, and it does.
	Reason func(error) (text string, one bool)
}

func (s Source) name(i int) string {
	if s.Name == nil {
		return fmt.Sprintf("%s/%d", s.Split, i)
	}
	return s.Name(i)
}

// Task says what is packed. Only Sources affects the pixels.
type Task struct {
	Spec     string // of the data, for later reference
	Side     int    // to which it is reduced
	Sources  []Source
	Threads  int                                // 0: GOMAXPROCS
	Progress func(verb string, done, total int) // called from one goroutine at a time; may be nil
}

// ErrUnreadable is in the error of a source with more unreadable images than it
// allows.
var ErrUnreadable = errors.New("too many unreadable images")

var errStopped = errors.New("stopped")

// Write packs into a folder, which is created if need be, and returns the
// manifest. What an earlier call with the same sources left unfinished there,
// however it ended, is continued, to the same bytes; a finished pack is left as it
// is and returned. After an error, even a full disk, the next call continues.
func Write(ctx context.Context, dir string, t Task) (*Manifest, error) {
	p := packer{Task: t, dir: dir, every: commitBytes}
	m, err := p.run(ctx)
	if err != nil && err == ctx.Err() {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return m, nil
}

// packer is a packing in progress.
type packer struct {
	Task
	journal
	dir   string
	every int64 // bytes between two commits
}

// commitBytes is how much is packed between two points from which packing can be
// continued: seconds of work, and rare enough to wait for the disk.
const commitBytes = 64 << 20

// run packs what is missing.
func (p *packer) run(ctx context.Context) (*Manifest, error) {
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return nil, err
	}
	held, err := lock.Folder(p.dir)
	if errors.Is(err, lock.ErrHeld) {
		return nil, fmt.Errorf("%s: another packing is using the folder: let it finish or stop it", p.dir)
	}
	if err != nil {
		return nil, err
	}
	defer held.Close()
	done, err := p.begin()
	if err != nil || done {
		return &p.Manifest, err
	}
	for k := range p.Sources {
		if err := p.pack(ctx, k); err != nil {
			return nil, err
		}
	}
	return &p.Manifest, p.seal(ctx)
}

// begin finds out what is already in the folder; done is true for a complete pack.
func (p *packer) begin() (done bool, err error) {
	want, err := p.empty()
	if err != nil {
		return false, err
	}
	old, err := readManifest(p.dir)
	if err == nil {
		if err := old.sameSource(want.Manifest); err != nil {
			return false, fmt.Errorf("%s is a pack already: %w", p.dir, err)
		}
		p.Manifest = old
		return true, p.removeJournal()
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	switch err := readJSON(p.journalPath(), &p.journal); {
	case err == nil:
		if err := p.fits(want); err != nil {
			return false, fmt.Errorf("%s: %w", p.dir, err)
		}
		return false, nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if e.Name() != journalName+".tmp" && e.Name() != lock.Name {
			return false, fmt.Errorf("%s holds %s: a pack needs a folder of its own", p.dir, e.Name())
		}
	}
	p.journal = want
	return false, p.save()
}

// empty is the journal with nothing packed yet.
func (p *packer) empty() (journal, error) {
	classes, err := inText(p.Sources[0].Images.Classes())
	if err != nil {
		return journal{}, err
	}
	j := journal{Manifest: Manifest{Format: FormatVersion, Spec: p.Spec, Side: p.Side, Classes: classes}}
	for _, s := range p.Sources {
		j.Splits = append(j.Splits, Part{
			Name: s.Split, Images: s.Images.Len(), Source: s.Images.Digest(), Unreadable: []Unreadable{},
		})
	}
	j.Done = make([]int, len(j.Splits))
	return j, nil
}

// inText are names of classes as JSON keeps them, which holds only Unicode: some file
// systems allow others. Names must differ still.
func inText(names []string) ([]string, error) {
	texts, of := slices.Clone(names), map[string]string{}
	for i, name := range names {
		texts[i] = rawtext.InJSON(name)
		if other, ok := of[texts[i]]; ok {
			return nil, fmt.Errorf("the names of the classes %q and %q are the same without what is not UTF-8: "+
				"rename a folder", other, name)
		}
		of[texts[i]] = name
	}
	return texts, nil
}

// sameSource returns an error unless both are packed from the same data.
func (m Manifest) sameSource(want Manifest) error {
	if m.Side != want.Side {
		return fmt.Errorf("its images are reduced to side %d, not %d; name another folder", m.Side, want.Side)
	}
	same := slices.Equal(m.Classes, want.Classes) &&
		slices.EqualFunc(m.Splits, want.Splits, func(a, b Part) bool {
			return a.Name == b.Name && a.Images == b.Images && a.Source == b.Source
		})
	if !same {
		return fmt.Errorf("it was made from %s, whose images differ from those of %s now; "+
			"name another folder", m.Spec, want.Spec)
	}
	return nil
}

// pack packs what is missing of a split.
func (p *packer) pack(ctx context.Context, k int) (err error) {
	w, err := p.open(k)
	if err != nil {
		return err
	}
	defer func() {
		if closed := w.close(); closed != nil {
			err = errors.Join(err, closed)
		}
	}()
	pool := parallel.New(p.Threads)
	defer pool.Close()
	from, images := p.Done[k], p.Sources[k].Images
	q := newQueue(from, 4*pool.Threads(), w.add)
	pool.For(images.Len()-from, func(_, i int) {
		stop := errStopped // after a panic too: no one may wait for this image
		defer func() {
			if stop != nil {
				q.fail(stop)
			}
		}()
		if stop = ctx.Err(); stop == nil && q.failed() == nil {
			stop = errStopped
			img, err := images.Image(from + i)
			q.put(from+i, decoded{img, err})
			stop = nil
		}
	})
	failed := q.failed()
	if failed != nil && failed != ctx.Err() {
		return failed // what was taken last may be half written: no commit
	}
	if err := w.commit(); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	return w.finish()
}

// seal reads back what was packed, completes the manifest and puts it in place,
// which makes the folder a pack.
func (p *packer) seal(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	packed, err := open(p.dir, p.Manifest)
	if err != nil {
		return err
	}
	for k, s := range packed.splits {
		part := &p.Manifest.Splits[k]
		part.Digest, part.Names, err = s.sums(ctx, func(done, total int) {
			p.progress("checked", done, total)
		})
		if err != nil {
			return err
		}
	}
	if err := p.Manifest.check(); err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(p.dir, manifestName), p.Manifest); err != nil {
		return err
	}
	return p.removeJournal()
}

func (p *packer) progress(verb string, done, total int) {
	if p.Progress != nil {
		p.Progress(verb, done, total)
	}
}
