// Package live shows a run in browsers while it trains: the Progress block of a
// report, sent again whenever something changes.
//
// The one idea is that the run only ever replaces a value: Show stores a Snapshot
// and returns. For each browser a goroutine of the HTTP server renders the newest
// Snapshot once the previous one has been sent, skipping those in between, so that
// no number of browsers, however slow, can hold up training. Pages contain all
// they need and refer to nothing outside.
//
// It is shown only at IP addresses, localhost, the host that it is served at and this
// machine's name, so that no other website can read it through a host name of its own.
//
//	GET /              the page
//	GET /events        server-sent events, each with the Progress block as HTML
//	GET /metrics.json  the Snapshot
package live
