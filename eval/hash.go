package eval

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
)

// Hash is the SHA-256 of the encoder's weights and BatchNorm statistics with
// their names: if it is equal before and after probing, the encoder was frozen.
func (e *Encoder) Hash() (string, error) { return e.hash(nil) }

// weightsHash leaves the BatchNorm statistics out.
func (e *Encoder) weightsHash() (string, error) { return e.hash(e.statistics()) }

// statistics are the names of BatchNorm's running statistics.
func (e *Encoder) statistics() map[string]bool {
	names := map[string]bool{}
	for _, v := range e.model.Encode(e.taps...).Vars {
		if !v.Trainable {
			names[v.Name] = true
		}
	}
	return names
}

// eachStatistic calls f for BatchNorm's running statistics.
func (e *Encoder) eachStatistic(f func(name string, v []float32) error) error {
	statistics := e.statistics()
	return e.state.Each(func(name string, v []float32) error {
		if !statistics[name] {
			return nil
		}
		return f(name, v)
	})
}

func (e *Encoder) hash(without map[string]bool) (string, error) {
	if err := e.turn.Wait(context.Background()); err != nil {
		return "", fmt.Errorf("eval: hash: %w", err)
	}
	defer e.turn.Leave()
	h := sha256.New()
	err := e.state.Each(func(name string, v []float32) error {
		if graph.IsSlot(name) || without[name] {
			return nil
		}
		return addArray(h, name, v)
	})
	if err != nil {
		return "", fmt.Errorf("eval: hash: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// storedHash is the weightsHash of an encoder with these taps and a checkpoint's weights.
func storedHash(weights *checkpoint.Reader, m model.Config, taps []string) (string, error) {
	h := sha256.New()
	for _, v := range variables(m, taps) {
		if !v.Trainable {
			continue
		}
		x, ok, err := weights.Array(v.Name)
		if err == nil && !ok {
			err = fmt.Errorf("the checkpoint lacks %s", v.Name)
		}
		if err == nil {
			err = addArray(h, v.Name, x)
		}
		if err != nil {
			return "", fmt.Errorf("eval: hash: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// addArray hashes an array with its name.
func addArray(h io.Writer, name string, v []float32) error {
	if _, err := io.WriteString(h, name); err != nil {
		return err
	}
	return binary.Write(h, binary.LittleEndian, v)
}
