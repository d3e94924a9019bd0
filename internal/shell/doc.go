// Package shell writes command lines as a shell takes them, so that a reader can copy them.
//
//	shell.Line("tar", "-xf", "my images.tar")   // tar -xf 'my images.tar'
//	shell.Amdim("report", "my run")             // amdim report 'my run'
package shell
