// Package optim holds training's update rule and schedules as pure functions:
// nothing here remembers a step.
//
//	s := optim.Schedule{LR: 2e-4, Warmup: 500, Drops: []int{250, 280}, Factor: 0.2}
//	lr := s.At(step, epoch)
//	optim.Update(optim.DefaultAdam(), w, m, v, g, lr, step+1)
package optim
