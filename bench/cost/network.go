package main

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// network is what a pretraining program of a GPU's share holds; sizes are bytes.
type network struct {
	parameters    float64
	kept, largest float64 // values that backward needs, and the largest value, in bfloat16
	wide, widest  float64 // consequents of all tasks, each once, and the largest, in float32
	rkhs          int
	antecedents   int // of an image, each once
	locations     int // of consequents, summed over tasks
	largestTask   int // locations of the one with most
}

func measure(p *graph.Program) network {
	n := network{parameters: float64(p.Cost().Parameters)}
	size := func(v graph.ValueID) float64 { return float64(tensor.Size(p.Values[v].Shape)) }
	type set map[graph.ValueID]bool
	kept, antecedents, consequents := set{}, set{}, set{}
	for _, op := range p.Ops {
		switch op.Attr.(type) {
		case graph.Conv2D, graph.Linear, graph.BatchNorm:
			kept[op.In[0]] = true
		case graph.ReLU:
			kept[op.Out[0]] = true
		case graph.NCE:
			antecedents[op.In[0]], consequents[op.In[1]] = true, true
			shape := p.Values[op.In[1]].Shape
			at := shape[1] * shape[2]
			n.rkhs, n.locations, n.largestTask = shape[3], n.locations+at, max(n.largestTask, at)
		}
	}
	n.antecedents = len(antecedents)
	for v := range kept {
		n.kept += 2 * size(v)
	}
	for v := range consequents {
		n.wide += 4 * size(v)
		n.widest = max(n.widest, 4*size(v))
	}
	for v := range p.Values {
		n.largest = max(n.largest, 2*size(graph.ValueID(v)))
	}
	return n
}

// fill is the part of a GPU's processors that the outputs of convolutions keep busy, cut in
// tiles, by the work of each.
func fill(p *graph.Program) float64 {
	const processors, tile = 132, 128
	tiles := func(n int) int { return (n + tile - 1) / tile }
	var work, time float64
	for _, op := range p.Ops {
		if _, ok := op.Attr.(graph.Conv2D); !ok {
			continue
		}
		shape := p.Values[op.Out[0]].Shape
		channels := shape[len(shape)-1]
		n := tiles(tensor.Size(shape)/channels) * tiles(channels)
		waves := (n + processors - 1) / processors
		flops := float64(p.OpFLOPs(op))
		work += flops
		time += flops * float64(waves*processors) / float64(n)
	}
	return work / time
}
