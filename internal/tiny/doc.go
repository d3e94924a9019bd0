// Package tiny has what tests of frozen networks share: a very small network, generated
// images, the CPU engine in float32, what tells what an engine did, and files rewritten
// with other numbers.
//
//	e, err := encoder.New(tiny.CPU(t), tiny.Model(), encoder.Random(7))
//	images, err := encoder.NewImages(tiny.Shapes(t, 32, 50, data.Train), 32, augment.CIFAR())
package tiny
