package data

import "strings"

// Same reports whether two specs name the same data, of which a folder may be spelled otherwise:
// by a path from elsewhere, a link or ~. Data that have moved are others here; their digest tells.
func Same(a, b string) bool {
	kindA, dirA, _ := strings.Cut(a, ":")
	kindB, dirB, _ := strings.Cut(b, ":")
	if a == b || kindA != kindB || dirA == "" || dirB == "" {
		return a == b
	}
	return realPath(atHome(dirA)) == realPath(atHome(dirB))
}
