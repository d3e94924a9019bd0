package memory

// Limit is the number of bytes that this process may use in all: the machine's
// memory, or less where a control group says so. 0: not known.
func Limit() uint64 { return limit(where) }

// ForImages is the number of bytes that decoded images may take: a quarter of
// Limit, since network and activations need most of the rest; 2 GiB where that
// is not known.
func ForImages() int64 { return imageShare(Limit()) }

func imageShare(limit uint64) int64 {
	if limit == 0 {
		return 2 << 30
	}
	return int64(limit / 4)
}

// Available is the number of bytes that this process may still take without
// anything being swapped out or killed, caches of files counted as free. 0: not
// known.
func Available() uint64 { return available(where) }

// least is the smaller of two bounds of which 0 is none.
func least(a, b uint64) uint64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
