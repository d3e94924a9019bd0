package config

import (
	"fmt"

	"github.com/amdim/amdim/checkpoint"
)

// Of is the configuration that a checkpoint was made with. One that Validate refuses is an error.
func Of(m checkpoint.Meta) (Config, error) {
	c, err := Parse(m.Config)
	if err == nil {
		err = c.Validate()
	}
	return c, err
}

// Stored is the configuration of a checkpoint, as [Of] returns it, and what that says besides. Like
// [checkpoint.ReadRun] it reads only the header.
func Stored(path string) (Config, checkpoint.Meta, error) {
	m, err := checkpoint.ReadRun(path)
	if err != nil {
		return Config{}, m, err
	}
	c, err := Of(m)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return c, m, err
}
