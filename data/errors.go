package data

import "errors"

// ErrNotSegmented is wrapped in the error of OpenSegmented for images without known
// segmentations.
var ErrNotSegmented = errors.New("nobody has segmented these images: use shapes or bsds500:DIR")
