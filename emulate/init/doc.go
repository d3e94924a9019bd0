// Init is the first and only process of the emulated machine that
// emulate/bochs.sh boots: it runs the line in the file /job, a program preceded
// by NAME=VALUE, prints "emulate: exit status N" and powers off.
package main
