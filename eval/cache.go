package eval

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/graph"
)

// Cache keeps the features of plain images in files of a folder, so that another
// protocol need not encode them again. A file holds them for one data set and one
// representation, beside the refreshed BatchNorm statistics; other weights
// replace it. Data sets are the same if their versions are ([data.Version]): the contents
// of a folder's files are not examined, but when these were written.
type Cache struct {
	Folder string
	Note   func(what string) // called about a file that is damaged or cannot be written
}

const (
	cacheKey     = "amdim.features" // in the metadata
	cachedTrain  = "train"          // names of arrays; the others are statistics
	cachedTest   = "test"
	cacheVersion = 1
	nameDigits   = 8 // of a hash, to tell the files of data sets apart
)

// sum is the SHA-256 of v as JSON, in hexadecimal.
func sum(v ...any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("eval: cache: %v", err)) // non-finite numbers, which Validate rejects
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

// entry is a file of a Cache with the key that must match for it to be used.
type entry struct {
	*Cache
	path, key string
	dim       int // of the features
}

// cached is the entry for an encoder whose BatchNorm has not been refreshed yet.
func (e *Evaluation) cached(name string, frozen *encoder.Encoder) (entry, error) {
	weights, err := frozen.Hash()
	if err != nil {
		return entry{}, err
	}
	images := []any{e.Train.Digest(), e.Train.Transform(), e.Test.Digest(), e.Test.Transform()}
	versions := []string{data.Version(e.Train.Dataset), data.Version(e.Test.Dataset)}
	name = strings.ReplaceAll(name, " ", "-")
	file := fmt.Sprintf("features-%s-%.*s.safetensors", name, nameDigits, sum(images...))
	key := sum(cacheVersion, weights, e.Model, images, versions, e.Config.Refresh, e.Engine.Name())
	return entry{e.Cache, filepath.Join(e.Cache.Folder, file), key, e.Model.NRKHS}, nil
}

// read returns the features and sets the encoder's statistics to those that they
// were made with; ok is false if there are none for the key.
func (c entry) read(frozen *encoder.Encoder, train, test *encoder.Images) (s Split, ok bool) {
	r, err := checkpoint.Open(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, false
	}
	if err == nil {
		defer r.Close()
		if r.Meta[cacheKey] != c.key {
			return s, false
		}
		s, err = c.restore(r, frozen, train.Len(), test.Len())
	}
	if err != nil {
		c.note("the features kept in %s cannot be used and are computed again: %v", c.path, err)
		return Split{}, false
	}
	s.Train.Labels, s.Test.Labels = train.Labels(), test.Labels()
	return s, true
}

// restore reads the arrays of a file. Unless all are as they must be, the encoder stays as it is.
func (c entry) restore(r *checkpoint.Reader, frozen *encoder.Encoder, train, test int) (s Split, err error) {
	s.Train.Dim, s.Test.Dim = c.dim, c.dim
	statistics := map[string][]float32{}
	err = r.Each(func(name string, v []float32) error {
		switch name {
		case cachedTrain:
			s.Train.X = slices.Clone(v)
		case cachedTest:
			s.Test.X = slices.Clone(v)
		default:
			statistics[name] = slices.Clone(v)
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	if len(s.Train.X) != train*c.dim || len(s.Test.X) != test*c.dim {
		return s, errors.New("it has other images")
	}
	if err := s.finite(); err != nil {
		return s, err
	}
	return s, frozen.SetStatistics(statistics)
}

// write stores features before they are standardised. If there is no room for
// them the evaluation still goes on.
func (c entry) write(frozen *encoder.Encoder, s Split) {
	vars := []graph.Var{
		{Name: cachedTrain, Shape: []int{s.Train.Len(), s.Train.Dim}},
		{Name: cachedTest, Shape: []int{s.Test.Len(), s.Test.Dim}},
	}
	err := checkpoint.Replace(c.path, contents{frozen, s}, vars, map[string]string{cacheKey: c.key})
	if err != nil {
		c.note("the features could not be kept: %v", err)
	}
}

func (c entry) note(format string, args ...any) {
	if c.Note != nil {
		c.Note(fmt.Sprintf(format, args...))
	}
}

// contents is what a file holds: features, and the statistics of the encoder.
type contents struct {
	frozen *encoder.Encoder
	split  Split
}

// Each calls f for every array.
func (z contents) Each(f func(name string, v []float32) error) error {
	if err := f(cachedTrain, z.split.Train.X); err != nil {
		return err
	}
	if err := f(cachedTest, z.split.Test.X); err != nil {
		return err
	}
	return z.frozen.EachStatistic(f)
}
