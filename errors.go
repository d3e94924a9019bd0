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
	// ErrNoneThere: the run folder has no checkpoint, so there is nothing to open; or there is none
	// to resume, and neither data nor settings for a new run are given.
	ErrNoneThere = train.ErrNoneThere
	// ErrExists: the folder for a new run already holds one.
	ErrExists = train.ErrExists
	// ErrBusy: another training run is using the folder.
	ErrBusy = train.ErrBusy
	// ErrUnreadable: more images cannot be read than training allows.
	ErrUnreadable = train.ErrUnreadable
	// ErrNoMixture: the model was trained without model.mix.k and cannot segment.
	ErrNoMixture = mixture.ErrNoMixture
	// ErrNoLocations: the model's mixture has no task with scale 7 and cannot segment.
	ErrNoLocations = mixture.ErrNoLocations
	// ErrNoNegatives: no negatives are stored beside the model, and the images that it learnt from
	// are missing. Name others in Options.Negatives, or give PrepareSegmentFrom those of a Dataset
	// of your own.
	ErrNoNegatives = mixture.ErrNoNegatives
	// ErrChanged: the checkpoint that the Model was opened from is gone or was replaced. Segment
	// reads more of it when it is first called, and can no longer do so.
	ErrChanged = errors.New(
		"the checkpoint that the model was opened from is gone or another one: open the model again")
	// ErrTooFine: Segment would take more than 4 GiB for the locations of an image.
	ErrTooFine = mixture.ErrTooFine
	// ErrOtherNetwork: vectors, an Index, a Set or a Classifier come from another network, as far as
	// that is known, or their vectors have another length.
	ErrOtherNetwork = embedding.ErrOtherNetwork
	// ErrTorn: the files of a Set do not belong together: one is damaged, or another process is
	// replacing them.
	ErrTorn = embedding.ErrTorn
	// ErrNoSuchName: Index.Find found no image of that name.
	ErrNoSuchName = embedding.ErrNoSuchName
	// ErrAmbiguousName: Index.Find found several images of that name.
	ErrAmbiguousName = embedding.ErrAmbiguousName
	// ErrFormat: the first bytes of a file are those of no image format that Decode reads.
	ErrFormat = imagefile.ErrFormat
	// ErrTooLarge: an image has too many pixels or one side is too long, or a file has too many
	// bytes.
	ErrTooLarge = imagefile.ErrTooLarge
)
