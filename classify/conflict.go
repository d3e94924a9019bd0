package classify

import (
	"fmt"
	"slices"
)

// Conflict is one picture that was given several classes: images with the same vector, as
// copies have.
type Conflict struct {
	Images  []string `json:"images"`
	Classes []string `json:"classes"` // of each of Images
}

// conflicts are the pictures of several classes, by their first rows; kept are the rows of
// all others. Which of the classes is right is not known, and to learn both teaches that
// the picture is half of each.
func (x Examples) conflicts() (found []Conflict, kept []int) {
	rows := map[string][]int{}
	for i := range x.Labels {
		key := x.Set.Key(i)
		rows[key] = append(rows[key], i)
	}
	for i := range x.Labels {
		same := rows[x.Set.Key(i)]
		if !slices.ContainsFunc(same, func(j int) bool { return x.Labels[j] != x.Labels[i] }) {
			kept = append(kept, i)
			continue
		}
		if same[0] != i {
			continue
		}
		var c Conflict
		for _, j := range same {
			c.Images = append(c.Images, x.Set.Names[j])
			c.Classes = append(c.Classes, x.Classes[x.Labels[j]])
		}
		found = append(found, c)
	}
	return found, kept
}

// checkKept returns an error for a class of which conflicts leave nothing: to leave the
// class out would give its images to others.
func (x Examples) checkKept(found []Conflict, kept []int) error {
	there := map[int32]bool{}
	for _, i := range kept {
		there[x.Labels[i]] = true
	}
	for l, class := range x.Classes {
		if there[int32(l)] {
			continue
		}
		for _, c := range found {
			if i := slices.Index(c.Classes, class); i >= 0 {
				j := slices.IndexFunc(c.Classes, func(other string) bool { return other != class })
				return fmt.Errorf("every image of class %q is in another class as well, such as %q, which is %q "+
					"in %q: take them out of one", class, c.Images[i], c.Images[j], c.Classes[j])
			}
		}
	}
	return nil
}
