package spelling

import (
	"strings"
	"unicode/utf8"
)

// Wrap cuts text at spaces into lines of at most width characters, where a word is not longer.
func Wrap(text string, width int) []string {
	lines, line := []string{}, ""
	for word := range strings.SplitSeq(text, " ") {
		if line != "" && utf8.RuneCountInString(line+" "+word) > width {
			lines, line = append(lines, line), word
			continue
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
