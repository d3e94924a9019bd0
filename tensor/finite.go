package tensor

// NonFinite returns the index of the first number that is a NaN or an infinity; −1:
// there is none.
func NonFinite(v []float32) int {
	for i, x := range v {
		if x-x != 0 { // 0 for every other number
			return i
		}
	}
	return -1
}
