// Package hosts says under which names a server on this machine answers.
//
// The one idea is that a page of another site can make its own name lead to this machine
// and would then be let read what a server here says (DNS rebinding); of that name alone
// the browser tells, in the Host header. So a server answers to the names that are its own
// and to no other:
//
//	guard := hosts.Guard{Names: []string{hosts.Name("0.0.0.0:8080")}}
//	guard.Allows("192.168.1.5:8080") // true: an address cannot be made to lead elsewhere
//	guard.Allows("evil.example")     // false
package hosts
