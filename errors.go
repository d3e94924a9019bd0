package amdim

import (
	"errors"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/train"
)

// Errors that the errors of this package wrap, for use with errors.Is.
var (
	// ErrClosed: the method was called after Close.
	ErrClosed = errors.New("the model is closed")
	// ErrNoneThere: the run to open has no checkpoint yet, or the one to resume has none and
	// what begins one is not named.
	ErrNoneThere = train.ErrNoneThere
	// ErrExists: a run to begin has a checkpoint already.
	ErrExists = train.ErrExists
	// ErrBusy: another training run is using the folder.
	ErrBusy = train.ErrBusy
	// ErrUnreadable: more images cannot be read than training allows.
	ErrUnreadable = train.ErrUnreadable
	// ErrNoMixture: the model was trained without model.mix.k and cannot segment.
	ErrNoMixture = mixture.ErrNoMixture
	// ErrNoLocations: the model's mixture has no task with scale 7 and cannot segment.
	ErrNoLocations = mixture.ErrNoLocations
	// ErrNoNegatives: none are stored beside the model, and the images that it
	// learnt from are missing: name others in Options.Negatives, or give those of a Dataset of
	// your own to PrepareSegmentFrom.
	ErrNoNegatives = mixture.ErrNoNegatives
	// ErrChanged: the checkpoint that the Model was opened from is gone or another one, and
	// Segment, which reads the parts that it needs when it is first called, has not read them.
	ErrChanged = errors.New(
		"the checkpoint that the model was opened from is gone or another one: open the model again")
	// ErrTooFine: Segment would take more than 4 GiB for the locations of an image.
	ErrTooFine = mixture.ErrTooFine
	// ErrOtherNetwork: vectors, an Index, a Set or a Classifier come from another network, as far
	// as that is known, or have another number of dimensions.
	ErrOtherNetwork = embedding.ErrOtherNetwork
	// ErrTorn: the files of a Set were not written together: one is damaged, or another process is
	// replacing them.
	ErrTorn = embedding.ErrTorn
	// ErrNoSuchName: Index.Find found no image of that name.
	ErrNoSuchName = embedding.ErrNoSuchName
	// ErrAmbiguousName: Index.Find found several.
	ErrAmbiguousName = embedding.ErrAmbiguousName
	// ErrFormat: a file begins like no image format that Decode reads.
	ErrFormat = imagefile.ErrFormat
	// ErrTooLarge: an image has too many pixels or one side too long, or a file too many
	// bytes.
	ErrTooLarge = imagefile.ErrTooLarge
)
