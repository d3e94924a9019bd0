package spelling

// Nearest returns the candidate that differs from word by the fewest letters
// inserted, left out, changed or swapped, when these are no more than a third of word.
func Nearest(word string, candidates []string) (string, bool) {
	best, least := "", len(word)/3+1
	for _, c := range candidates {
		if d := distance(word, c); d < least {
			best, least = c, d
		}
	}
	return best, best != ""
}

// distance counts letters inserted, left out, changed, or swapped with the next:
// rows of the table of Wagner and Fischer 1974, with the swap of Damerau 1964.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
