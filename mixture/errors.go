package mixture

import (
	"errors"
	"fmt"
)

// ErrNoMixture says that a model has no components to segment with.
var ErrNoMixture = errors.New("the model has no mixture")

// ErrNoLocations says that a model has components, but no φ7 whose locations they claim.
var ErrNoLocations = errors.New(
	"the model has a mixture, but none of its tasks has scale 7, whose locations are segmented")

// ErrNoNegatives says that the negatives of a model are not known yet.
var ErrNoNegatives = errors.New("no negatives are kept beside the model")

// ErrTooFine says that an image would be viewed at more locations than there is memory for.
var ErrTooFine = errors.New("lower the side or widen the step")

// noNegativesError says that there is neither the file, if one was expected, nor
// anything to learn it from.
type noNegativesError struct{ kept, learn error }

func (e *noNegativesError) Error() string {
	if e.kept == nil {
		return fmt.Sprintf("the images to score locations against: %v", e.learn)
	}
	return fmt.Sprintf("%v, and the images that it was trained on cannot be used: %v", e.kept, e.learn)
}

func (e *noNegativesError) Unwrap() []error { return []error{ErrNoNegatives, e.learn} }
