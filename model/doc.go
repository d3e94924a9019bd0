// Package model writes the AMDIM network as graph programs: the encoders for
// 32, 64 and 128 pixels, the heads, the contrastive losses and the classifiers
// on frozen features. Bachman, Hjelm, Buchwalter 2019, arXiv 1906.00910.
//
// A Config names one network. Its methods return different programs over the
// same variables: Pretrain is the training step, Encode the frozen encoder,
// Refresh renews BatchNorm's running statistics.
//
//	c := model.Config{Px: 32, NDF: 64, NRKHS: 512, NDepth: 3, Lambda: 4e-2, TClip: 20, Mean: mean, Std: std}
//	if err := c.Validate(); err != nil { … }
//	train, encode := c.Pretrain(10), c.Encode()
//	state, err := e.NewState(graph.Variables(train, encode), engine.Options{Adam: optim.DefaultAdam()})
//	err = model.Initialize(train.Vars, seed, state.Set)
//
// Config.Mix makes the antecedent f1 of some losses a mixture of components, from
// which each location of the other view chooses: PAPER.md, section 4.
//
// In Pretrain both views of a batch of B images go through the network as one
// batch of 2B rows, rows 0 to B−1 being view 1.
package model
