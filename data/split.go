package data

import (
	"errors"
	"fmt"
	"strings"
)

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

// OpenHeldOut opens what is held out; nil of a folder that is too small for it.
func OpenHeldOut(spec string, o Options) (Dataset, error) {
	set, err := Open(spec, Test, o)
	return unlessEmpty(set, err)
}

func unlessEmpty(set Dataset, err error) (Dataset, error) {
	var empty *EmptyError
	if errors.As(err, &empty) {
		return nil, nil
	}
	return set, err
}

// OpenParts is Open of what may be learnt from and OpenHeldOut, for which the files of a
// folder are looked for once.
func OpenParts(spec string, o Options) (learnt, held Dataset, err error) {
	open := func(split Split) (Dataset, error) { return Open(spec, split, o) }
	if dir, ok := FolderOf(spec); ok {
		s, err := scan(o.scanning(), dir)
		if err != nil {
			return nil, nil, err
		}
		open = func(split Split) (Dataset, error) { return s.split(split, o) }
	}
	if learnt, err = open(Pretrain); err == nil {
		held, err = unlessEmpty(open(Test))
	}
	return learnt, held, err
}

// OpenLabelled is OpenSplit for images from which classes are to be learnt: those without
// a label are left out, and an empty split of a folder with the folders train and test
// (or as splitNames has it) means train, as these are not two classes.
func OpenLabelled(spec, split string, o Options) (Dataset, string, error) {
	set, opened, err := OpenSplit(spec, split, o)
	if err != nil {
		return nil, "", err
	}
	if _, folder := set.(*Folder); folder && split == "" {
		if _, _, ok := newSplitFolders(set.Classes()).chosen(); ok {
			if set, opened, err = OpenSplit(spec, Train.String(), o); err != nil {
				return nil, "", err
			}
		}
	}
	if len(set.Classes()) < 2 {
		return nil, "", fmt.Errorf("data: %s has no classes to tell apart: %s", spec, ForClasses(spec))
	}
	labelled := labelledOf(set)
	if labelled.Len() == 0 {
		return nil, "", fmt.Errorf("data: no image of %s has a label", spec)
	}
	return labelled, opened, nil
}

// ForClasses says what data of a spec without classes needs to have some.
func ForClasses(spec string) string {
	if strings.HasPrefix(spec, "packed:") {
		return "pack a folder that has classes"
	}
	return "a folder needs at least two folders of images inside it, one per class, and no image beside these"
}

func labelledOf(set Dataset) Dataset {
	return Select(set, func(i int) bool { return set.Label(i) >= 0 })
}
