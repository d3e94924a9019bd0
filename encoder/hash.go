package encoder

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

// WeightsHash leaves the BatchNorm statistics out: Refresh does not change it.
func (e *Encoder) WeightsHash() (string, error) { return e.hash(e.statistics()) }

func (e *Encoder) hash(without map[string]int) (string, error) {
	if err := e.turn.Wait(context.Background()); err != nil {
		return "", fmt.Errorf("encoder: hash: %w", err)
	}
	defer e.turn.Leave()
	h := sha256.New()
	err := e.state.Each(func(name string, v []float32) error {
		if _, out := without[name]; out || graph.IsSlot(name) {
			return nil
		}
		return addArray(h, name, v)
	})
	if err != nil {
		return "", fmt.Errorf("encoder: hash: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// StoredHash is the WeightsHash of the encoder that New makes of a checkpoint's weights, which
// are only read.
func StoredHash(weights *checkpoint.Reader, m model.Config, taps ...string) (string, error) {
	h := sha256.New()
	for _, v := range variables(m, withF1(taps)) {
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
			return "", fmt.Errorf("encoder: hash: %w", err)
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
