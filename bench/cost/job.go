package main

import "math"

// Rates of an H100 and its links; docs/cost.md names their sources.
const (
	peak      = 800e12        // FLOP/s of products in bf16
	bandwidth = 2.9e12        // bytes/s of memory
	inside    = 370e9         // bytes/s between GPUs of a host
	between   = 8 * 47e9      // bytes/s between hosts of 8
	near, far = 30e-6, 100e-6 // seconds that a message costs more, inside and between
)

// job is pretraining on so many GPUs.
type job struct {
	preset            string
	gpus, batch, each int // each: images of a GPU
	network
	flops float64 // of a pair
	fill  float64 // of the GPU, over that of 480 images
}

// update is where the seconds of one go.
type update struct {
	products, weights, copies, antecedents, gradients, late, small float64
}

func (u update) all() float64 {
	return u.products + u.weights + u.copies + u.antecedents + u.late + u.small
}

func (j job) update(share float64) update {
	u := update{
		products: float64(j.each) * j.flops / (share * peak * j.fill),
		weights:  44 * j.parameters / bandwidth,
		copies:   (5*j.wide + 15*j.scores()) / bandwidth,
	}
	if j.gpus == 1 {
		return u
	}
	link, message := inside, near
	if j.gpus > 8 {
		link, message = between, far
	}
	rest := float64(j.gpus-1) / float64(j.gpus)
	u.weights = 56 * j.parameters / bandwidth
	// Gathered in bfloat16, and the gradient of all summed in float32; beside each, the sums of
	// negatives of three tasks, one number for each antecedent of each process, both ways.
	u.copies += 5 * 2 * j.travels() / bandwidth
	sums := 3 * 4 * 2 * float64(j.batch) * float64(j.gpus)
	u.antecedents = rest*(j.travels()+2*2*j.travels()+3*sums)/link + 10*message
	const bucket = 25 << 20
	u.gradients = 2*rest*4*j.parameters/link + 4*j.parameters/bucket*message
	u.late = max(0, u.gradients-u.products*2/3)
	const messages = 4 + 4 + 2 + 1 // BatchNorm both ways, counts, losses
	// Before an update and before its call processes agree through Gloo: Group::gather_small in the shim.
	const agreements, hop = 2, 25e-6
	u.small = messages*message + agreements*math.Ceil(math.Log2(float64(j.gpus)))*hop
	return u
}

// epoch is one in hours.
func (j job) epoch(share float64) float64 {
	return float64(images/j.batch) * j.update(share).all() / 3600
}

// What an image costs the host; docs/cost.md names the measurements.
const (
	decode      = 6.7e-3  // seconds of a core for a JPEG
	views       = 0.49e-3 // for two views
	jpegBytes   = 115e3
	packedBytes = 563e3
)

// cores are those that a GPU keeps busy.
func (j job) cores(share float64, jpeg bool) float64 {
	each := views
	if jpeg {
		each += decode
	}
	return float64(j.each) / j.update(share).all() * each
}

// reads is the bytes that a host of up to 8 GPUs reads in a second.
func (j job) reads(share, image float64) float64 {
	return float64(min(j.gpus, 8)*j.each) / j.update(share).all() * image
}

// travels is the bytes of the antecedents of the whole batch in bfloat16.
func (j job) travels() float64 { return 2 * 2 * float64(j.batch*j.antecedents*j.rkhs) }

// scores is the bytes of those that a GPU computes, in float32.
func (j job) scores() float64 { return 4 * 2 * float64(j.each*j.batch*j.locations) }

// held is the bytes of a GPU's memory.
type held struct{ weights, activations, wide, scores float64 }

func (h held) all() float64 {
	const libraries = 2e9
	return h.weights + h.activations + h.wide + h.scores + libraries
}

func (j job) memory() held {
	weights := 18. // weight, gradient, two moments, and a copy in bfloat16
	if j.gpus > 1 {
		weights += 4 // buckets
	}
	largestTask := float64(j.largestTask) / float64(j.locations)
	h := held{
		weights:     weights * j.parameters,
		activations: j.kept + 3*j.largest,
		wide:        j.wide + 3*j.widest,
		scores:      3 * (1 + largestTask) * j.scores(),
	}
	if j.gpus > 1 {
		h.wide += 2 * j.travels()
	}
	return h
}
