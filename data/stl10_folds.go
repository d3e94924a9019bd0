package data

import (
	"fmt"
	"strings"
)

// Folds returns the train images of each fold of a data set that is evaluated
// by folds: for stl10:DIR, ten times the indices of 1000 images. The published
// figure is the mean over classifiers that each learn from one fold.
func Folds(spec string) ([][]int, error) {
	name, rest, _ := strings.Cut(spec, ":")
	if name != "stl10" {
		return nil, specErrorf("data: %s has no folds: only stl10:DIR comes with them", spec)
	}
	folds, err := stl10.readFolds(rest)
	if err != nil {
		return nil, fmt.Errorf("data: stl10: %w", err)
	}
	return folds, nil
}

func (s stl) readFolds(rest string) (folds [][]int, err error) {
	path, fold, err := s.parse(rest)
	if err != nil {
		return nil, err
	}
	if fold >= 0 {
		return nil, specErrorf("fold=%d names one fold: write stl10:%s for all", fold, path)
	}
	file := recordFile{"fold_indices.txt", 1, 0, func(_ int, text []byte) error {
		for k := range s.folds {
			images, err := s.parseFold(string(text), k)
			if err != nil {
				return err
			}
			folds = append(folds, images)
		}
		return nil
	}}
	return folds, s.origin.read(path, []recordFile{file})
}
