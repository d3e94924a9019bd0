package spelling

import "fmt"

// Count is "1 image" or "3 images" for a noun that takes an s.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
