package spelling

import (
	"strconv"
	"strings"
)

// Printable quotes a name that would move the cursor or break a line.
func Printable(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}
