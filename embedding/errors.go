package embedding

import "errors"

// ErrName is a path that does not name a set.
var ErrName = errors.New("the name must end in " + Ending + ", as photos" + Ending)

// ErrOtherNetwork: vectors of two networks, or of two lengths, cannot be compared, whichever
// images they are of.
var ErrOtherNetwork = errors.New("vectors of another network: embed the images again")

// ErrTorn: the files of a set do not belong together.
var ErrTorn = errors.New("damaged, from another set, or just being replaced")

// ErrBusy is wrapped by the error of Hold if another process holds the set.
var ErrBusy = errors.New("another process updates it: wait for its end, or stop it")

// Why Index.Find finds no image.
var (
	ErrNoSuchName    = errors.New("no image is named")
	ErrAmbiguousName = errors.New("several images are named")
)
