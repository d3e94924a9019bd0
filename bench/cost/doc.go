// Command cost prints the tables of docs/cost.md: what ImageNet costs on GPUs, from the
// programs of the presets and a few rates.
//
//	go run ./bench/cost -share 0.40
//
// -share is the share of the GPU's peak that products reach, which bench/gpu.sh measures.
package main
