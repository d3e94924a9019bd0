package data

import "strings"

// OpenSplit is Open of the split of a name, "train", "test" or "pretrain". An empty
// name is all images of a folder, and the train split of other data; the name of the
// split that was opened is returned, empty for all of a folder.
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
