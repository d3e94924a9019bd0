package eval

import (
	"fmt"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
)

// checkLabels returns an error that counts the images without a label among the
// classes and names the first.
func checkLabels(m *encoder.Images, part string) error {
	bad, first := 0, 0
	for i := m.Len() - 1; i >= 0; i-- {
		if l := m.Label(i); l < 0 || l >= len(m.Classes()) {
			bad, first = bad+1, i
		}
	}
	if bad == 0 {
		return nil
	}
	return fmt.Errorf("eval: %d of %d %s images are in none of the %d classes, the first is %s: "+
		"evaluation needs labelled data; a folder needs the same folders in train and test",
		bad, m.Len(), part, len(m.Classes()), data.Name(m.Dataset, first))
}

// enlarged returns a note if the first image is smaller than the network's input, else
// an empty string. An encoder may be evaluated on smaller images than it was trained on.
func enlarged(m *encoder.Images) (note string, err error) {
	img, err := m.Image(0)
	if err != nil || min(img.H, img.W) >= m.Px() {
		return "", err
	}
	return fmt.Sprintf("Images of %d×%d are enlarged to the network's input of %d×%d.",
		img.W, img.H, m.Px(), m.Px()), nil
}

// unreadable says how many images are left out of train and of the part that accuracies are
// of, as they cannot be read; empty where none is.
func unreadable(train, test *encoder.Images, part string) string {
	all, there := train.All().Len()+test.All().Len(), train.Len()+test.Len()
	if all == there {
		return ""
	}
	return fmt.Sprintf("Left out, as they cannot be read: %d of %d train and %d of %d %s images.",
		train.All().Len()-train.Len(), train.All().Len(),
		test.All().Len()-test.Len(), test.All().Len(), part)
}

// perClass counts the images of each class.
func perClass(m *encoder.Images) []int {
	counts := make([]int, len(m.Classes()))
	for _, l := range m.Labels() {
		counts[l]++
	}
	return counts
}

// pixelBytes is the memory that raw pixels take, as features and packed for neighbour
// search.
func (e *Evaluation) pixelBytes() int64 {
	images := int64(e.Train.Len() + e.Test.Len())
	return 2 * 4 * images * int64(e.Train.Px()*e.Train.Px()*3)
}
