// Package health says in plain words how a run is going: whether it learns and,
// if not, which figure shows it and what to do.
//
// The one idea is that a verdict is a pure function of the records of a run and a
// few facts about its settings: Check gives the same findings during training, on the
// live page and in a report made a year later. Watch decides which of them are news. Each
// threshold is a constant with its reason; the runs that it was set from are in testdata.
package health
