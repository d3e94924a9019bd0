// Package engine is the seam between a network as data and the hardware: an
// Engine creates a State that holds the variables, a State compiles programs
// against them, an Exec runs one program.
//
//	eng, err := cpu.New(cpu.Config{})
//	s, err := eng.NewState(graph.Variables(train, encode), engine.Options{Adam: optim.DefaultAdam()})
//	step, err := s.Compile(bound)
//	stats, err := step.Step(in, out, lr)
//
// The training step, the frozen encoder and the BatchNorm refresh are different
// programs over the same variables, shared by name. Engines draw nothing at
// random: an Exec is a deterministic function of state and inputs.
package engine
