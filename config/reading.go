package config

import (
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/memory"
)

// Reading says how images are held for an encoder with these settings: no larger
// than its views need, and as many in memory as fit.
func (c Config) Reading() data.Options {
	return data.Options{Side: c.Augment.Source(), Memory: memory.ForImages()}
}
