package report

// Progress is how training goes: the part of a page that is also shown live.
type Progress struct {
	Status string // one line; empty: none
	Charts []Chart
}
