package data

import (
	"path/filepath"
	"strings"
)

// Same reports whether spec names the data that a file names as stored, of which a folder may be
// spelled otherwise: by a path from elsewhere, a link or ~. A relative path that is stored was meant
// from a folder that nobody knows, maybe not today's: an absolute one is the same only if the images
// are known to be, as by their digest.
func Same(stored, spec string, sameImages bool) bool {
	kind, dir, _ := strings.Cut(stored, ":")
	other, now, _ := strings.Cut(spec, ":")
	if stored == spec || kind != other || dir == "" || now == "" {
		return stored == spec
	}
	dir, now = atHome(dir), atHome(now)
	if !sameImages && !filepath.IsAbs(dir) && filepath.IsAbs(now) {
		return false
	}
	return realPath(dir) == realPath(now)
}
