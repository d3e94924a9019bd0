package imagefile

import (
	"errors"
	"fmt"
)

// Errors that the errors of this package wrap, for use with errors.Is. A file that is
// neither is empty, damaged, of a kind that its decoder lacks, or could not be read.
var (
	// ErrFormat: the bytes begin like no known format.
	ErrFormat = errors.New("no image of a known format (jpeg, png, gif, bmp, tiff, webp)")
	// ErrTooLarge: a file or an image is beyond Limits.
	ErrTooLarge = errors.New("beyond the limits")
)

// limitError is an ErrTooLarge that says which limit.
type limitError string

func tooLarge(format string, args ...any) error { return limitError(fmt.Sprintf(format, args...)) }

func (e limitError) Error() string { return string(e) }

func (limitError) Is(target error) bool { return target == ErrTooLarge }
