package amdim

import (
	"errors"
	"fmt"

	"github.com/amdim/amdim/embedding"
)

// CheckIndex returns ErrOtherNetwork if the vectors of an index come from another network:
// comparing them with those of Embed would be meaningless. Call it for an index made from LoadSet.
// One whose file names no network passes if its vectors have Dim numbers.
func (m *Model) CheckIndex(x *Index) error {
	done, err := m.use()
	if err != nil {
		return fmt.Errorf("amdim: check index: %w", err)
	}
	defer done()
	if x == nil {
		return errors.New("amdim: check index: no index is given")
	}
	if err := m.checkVectors(x.Set().Model, x.Set().Dim); err != nil {
		return fmt.Errorf("amdim: check index: model %s: %w", m.path, err)
	}
	return nil
}

// CheckClassifier returns ErrOtherNetwork if a classifier learnt from vectors of another network
// or length: its probabilities would mean nothing for vectors of Embed. Call it for a classifier
// of LoadClassifier. One that names no network passes if its Dim is the Model's.
func (m *Model) CheckClassifier(c *Classifier) error {
	done, err := m.use()
	if err != nil {
		return fmt.Errorf("amdim: check classifier: %w", err)
	}
	defer done()
	if c == nil {
		return errors.New("amdim: check classifier: no classifier is given")
	}
	if err := m.checkVectors(c.Model, c.Dim()); err != nil {
		return fmt.Errorf("amdim: check classifier: model %s: %w", m.path, err)
	}
	return nil
}

// checkVectors returns ErrOtherNetwork for vectors of dim numbers that are not the model's.
func (m *Model) checkVectors(of embedding.Origin, dim int) error {
	if dim != m.Dim() {
		return fmt.Errorf("vectors of %d numbers, not of %d: %w", dim, m.Dim(), ErrOtherNetwork)
	}
	origin, err := m.origin()
	if err != nil {
		return err
	}
	return of.CheckSame(origin)
}

// Origin says where the vectors of Embed come from. It is what Set.Model says of a Set of them,
// with empty Images and Split. The only error to expect is ErrClosed.
func (m *Model) Origin() (embedding.Origin, error) {
	done, err := m.use()
	if err != nil {
		return embedding.Origin{}, fmt.Errorf("amdim: origin: %w", err)
	}
	defer done()
	origin, err := m.origin()
	if err != nil {
		return embedding.Origin{}, fmt.Errorf("amdim: origin: model %s: %w", m.path, err)
	}
	return origin, nil
}

// origin is that of the vectors that the model makes.
func (m *Model) origin() (embedding.Origin, error) {
	hash, err := m.hash()
	return embedding.Origin{
		Checkpoint: hash, Px: m.Px(), NRKHS: m.Dim(), Step: m.step, Engine: m.engine.Name(),
	}, err
}
