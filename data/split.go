package data

import "strings"

// OpenSplit is Open with the split given by name, "train", "test" or "pretrain". An
// empty name means all images of a folder, and the train split of other data; it
// returns the name of the split that was opened, empty for all of a folder.
func OpenSplit(spec, split string, o Options) (Dataset, string, error) {
	if dir, ok := strings.CutPrefix(spec, "folder:"); ok && split == "" {
		set, err := OpenFolder(dir, o)
		return set, "", err
	}
	if split == "" {
		split = Train.String()
	}
	for _, s := range []Split{Train, Test, Pretrain} {
		if s.String() == split {
			set, err := Open(spec, s, o)
			return set, split, err
		}
	}
	return nil, "", specErrorf("data: split %q: need train, test or pretrain", split)
}
