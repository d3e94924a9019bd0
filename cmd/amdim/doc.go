// Command amdim learns image representations without labels: Augmented
// Multiscale Deep InfoMax (Bachman et al. 2019, arXiv 1906.00910).
//
//	amdim pretrain --preset cifar10-tiny --data cifar10:data/cifar10 --out runs/tiny
//	amdim eval --model runs/tiny --data cifar10:data/cifar10
//
// Results go to stdout, messages to stderr. Exit codes:
//
//	0    done
//	1    failed: the message names the file, step or operation
//	2    usage error: an unknown flag, key, preset or kind of data, a value out of range,
//	     or an output that exists
//	3    stopped by Ctrl-C, SIGTERM, a lost terminal or a lost reader of its output;
//	     training that had begun has written a checkpoint
//	4    stopped because a number was not finite; the last checkpoint is kept
//	130  stopped at once by a second Ctrl-C
//
// There is one file per verb; only main.go prints errors and exits.
package main
