// Package graph describes a network as data: a Program is a list of operations
// from a small closed set, the shape of every value, and the variables.
//
// model writes programs once; engines compile and run them; costs and printing
// are walks over them. Leading dimensions (and the height and width of images)
// may stay Any until Bind fixes them.
//
//	b := graph.NewBuilder("tiny")
//	x := b.Input("images", graph.Input{DType: tensor.Uint8, Mean: mean, Std: std}, graph.Any, 8, 8, 3)
//	y := b.Conv2D("stem", x, graph.Conv2D{Out: 16, K: 3, Stride: 1, Bias: true}, graph.FanIn())
//	b.Check(y, graph.Any, 6, 6, 16)
//	b.Output("features", b.ReLU("relu", y))
//	p := b.Program()
//	bound, err := p.Bind(32, 0, 0) // 32 rows
//
// Building a wrong program is a bug and panics; see Builder.
package graph
