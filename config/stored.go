package config

import (
	"fmt"

	"github.com/amdim/amdim/checkpoint"
)

// Stored is the configuration of a checkpoint, and what that says besides. Like
// [checkpoint.ReadRun] it reads only the header.
func Stored(path string) (Config, checkpoint.Meta, error) {
	m, err := checkpoint.ReadRun(path)
	if err != nil {
		return Config{}, m, err
	}
	c, err := Parse(m.Config)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return c, m, err
}
