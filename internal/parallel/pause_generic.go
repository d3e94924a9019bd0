//go:build !amd64 || noasm

package parallel

// pause takes about as long as n PAUSE instructions on amd64.
func pause(n int) {
	for range n * 40 {
		idle()
	}
}

//go:noinline
func idle() {}
