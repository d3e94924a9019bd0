//go:build !amd64 || noasm

package parallel

// pause passes about as much time as n instructions of amd64's PAUSE.
func pause(n int) {
	for range n * 40 {
		idle()
	}
}

//go:noinline
func idle() {}
