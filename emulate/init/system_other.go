//go:build !linux

package main

import "errors"

func mount() error    { return errors.ErrUnsupported }
func powerOff() error { return errors.ErrUnsupported }
