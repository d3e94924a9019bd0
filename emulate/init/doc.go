// Init is the first and only process of the emulated machine that
// emulate/bochs.sh boots: it runs the line of the file /job, a program with
// NAME=VALUE before it, prints "emulate: exit status N" and powers off.
package main
