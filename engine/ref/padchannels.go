package ref

// padChannels sets y to x with zero channels appended, up to those of y.
func padChannels(y, x array) {
	c, out := x.channels(), y.channels()
	for i, v := range x.v {
		y.v[i/c*out+i%c] = v
	}
}

// padChannelsBackward adds to dx the gradient of the channels that x has; the
// appended ones are constant.
func padChannelsBackward(dx, dy array) {
	c, out := dx.channels(), dy.channels()
	for i := range dx.v {
		dx.v[i] += dy.v[i/c*out+i%c]
	}
}
