package data

import (
	"fmt"
	"strconv"
	"strings"
)

// kit is the development kit of ILSVRC 2012, which gives the classes of the
// validation images.
type kit struct {
	origin
	classes int // IDs are 1 to classes
}

var devkit = kit{
	origin: origin{
		url:      "https://image-net.org/data/ILSVRC/2012/ILSVRC2012_devkit_t12.tar.gz",
		folder:   "ILSVRC2012_devkit_t12/data",
		unpacked: 256 << 20, // the official one has 2.5 MB packed
	},
	classes: 1000,
}

const (
	devkitTruth = "ILSVRC2012_validation_ground_truth.txt"
	devkitMeta  = "meta.mat"
)

// truth returns the WordNet IDs of the validation images, ordered by image
// number. The kit's two files are in dir, in the folder that the archive unpacks
// to, or in the archive.
func (k kit) truth(dir string) ([]string, error) {
	var ids []int
	var synsets map[int]string
	err := k.read(dir, []recordFile{
		{devkitTruth, 1, 0, func(_ int, text []byte) (err error) {
			ids, err = k.parseTruth(string(text))
			return err
		}},
		{devkitMeta, 1, 0, func(_ int, mat []byte) (err error) {
			synsets, err = readSynsets(mat)
			return err
		}},
	})
	if err != nil {
		return nil, err
	}
	wnids := make([]string, len(ids))
	for i, id := range ids {
		wnid, ok := synsets[id]
		if !ok {
			return nil, fmt.Errorf("%s: line %d: ID %d, which %s does not have",
				devkitTruth, i+1, id, devkitMeta)
		}
		wnids[i] = wnid
	}
	return wnids, nil
}

// parseTruth reads one line per image, the ID of its class.
func (k kit) parseTruth(text string) ([]int, error) {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	ids := make([]int, len(lines))
	for i, line := range lines {
		id, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil || id < 1 || id > k.classes {
			return nil, fmt.Errorf("line %d: %.20q, need an ID from 1 to %d", i+1, line, k.classes)
		}
		ids[i] = id
	}
	return ids, nil
}

// readSynsets reads from meta.mat which WordNet ID each challenge ID stands for.
func readSynsets(mat []byte) (map[int]string, error) {
	rows, err := readMatStructs(mat, "synsets", "ILSVRC2012_ID", "WNID")
	if err != nil {
		return nil, err
	}
	synsets := make(map[int]string, len(rows))
	for i, row := range rows {
		id, err := row[0].integer()
		if err != nil {
			return nil, fmt.Errorf("ILSVRC2012_ID of synset %d: %w", i+1, err)
		}
		wnid, err := row[1].text()
		if err == nil && !wordNetID(wnid) {
			err = fmt.Errorf("%.20q is not a WordNet ID", wnid)
		}
		if err != nil {
			return nil, fmt.Errorf("WNID of synset %d: %w", i+1, err)
		}
		if synsets[id] != "" {
			return nil, fmt.Errorf("synset %d: ILSVRC2012_ID %d is there twice", i+1, id)
		}
		synsets[id] = wnid
	}
	return synsets, nil
}

// wordNetID reports whether name is a WordNet ID, such as n01440764.
func wordNetID(name string) bool {
	digits, noun := strings.CutPrefix(name, "n")
	return noun && len(digits) == 8 && strings.Trim(digits, "0123456789") == ""
}
