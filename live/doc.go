// Package live shows a run in browsers while it trains: the block of progress of
// a report, sent anew whenever something changed.
//
// The one idea is that the run only ever replaces a value: Show stores a Snapshot
// and returns. Each browser has a goroutine of the HTTP server that renders the
// newest Snapshot when the one before is sent, and leaves out those in between, so
// that no browser, however slow or many, can hold up training. Pages hold all they
// need and refer to nothing outside.
//
// It is shown at IP addresses, localhost and the host that it is served at, so that
// no page of the web can read it by a name of its own.
//
//	GET /              the page
//	GET /events        server-sent events, each with the block of progress as HTML
//	GET /metrics.json  the Snapshot
package live
