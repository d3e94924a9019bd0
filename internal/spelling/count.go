package spelling

// Count is "1 image" or "12,345 images" for a noun that takes an s.
func Count(n int, noun string) string { return CountOf(n, noun, noun+"s") }

// CountOf is Count for words whose plural is another: "1 process", "8 processes".
func CountOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Grouped(n) + " " + many
}
