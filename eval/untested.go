package eval

import (
	"fmt"
	"strings"

	"github.com/amdim/amdim/internal/spelling"
)

// shownUntested is how many classes without a held-out image are named.
const shownUntested = 3

// Untested says which classes have images to learn from but none among those that accuracies
// are of, called part; train and held count the images of each class. Empty if none has.
func Untested(classes []string, train, held []int, part string) string {
	var named []string
	n := 0
	for l, class := range classes {
		if train[l] == 0 || held[l] > 0 {
			continue
		}
		if n++; n <= shownUntested {
			named = append(named, spelling.Printable(class))
		}
	}
	if n == 0 {
		return ""
	}
	have, them := "have", "them"
	if n == 1 {
		have, them = "has", "it"
	}
	such := ""
	if n > shownUntested {
		such = "such as "
	}
	names := named[len(named)-1]
	if len(named) > 1 {
		names = strings.Join(named[:len(named)-1], ", ") + " and " + names
	}
	return fmt.Sprintf("%d of %d classes %s no %s image, %s%s: accuracy says nothing of %s.",
		n, len(classes), have, part, such, names, them)
}

// Unclassed says of how many held-out images no class of train is known.
func Unclassed(n int) string {
	return spelling.Grouped(n) + " of the held-out images are in no folder named like a class of train: " +
		"amdim eval needs the same folders in both"
}

// untested is Untested of the images of an evaluation.
func (e *Evaluation) untested() string {
	return Untested(e.Train.Classes(), perClass(e.Train), perClass(e.Test), e.part())
}
