package eval

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

// Hash is the SHA-256 of the encoder's weights and BatchNorm statistics with
// their names: equal before and after probing, the encoder was frozen.
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
	e.mu.Lock()
	defer e.mu.Unlock()
	h := sha256.New()
	err := e.state.Each(func(name string, v []float32) error {
		if strings.Contains(name, "#") || without[name] { // Adam's moments: engine.SlotM
			return nil
		}
		h.Write([]byte(name))
		return binary.Write(h, binary.LittleEndian, v)
	})
	if err != nil {
		return "", fmt.Errorf("eval: hash: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
