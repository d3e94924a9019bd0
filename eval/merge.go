package eval

import (
	"reflect"
	"slices"
)

// With returns r together with an earlier result's rows that r does not have, those under
// other protocols and baselines, provided that both are of the same encoder with the same
// statistics on the same images and one Config describes both. lost are the earlier one's
// protocols whose results were neither taken over nor measured again in the same way.
func (r *Result) With(earlier *Result) (whole *Result, lost []string) {
	if !r.sameTask(earlier) {
		return r, earlier.Config.Protocols
	}
	w := *r
	w.Frozen = r.Frozen.or(earlier.Frozen)
	for _, p := range earlier.Config.Protocols {
		c := w.Config
		if !r.Config.has(p) {
			c = c.taking(p, earlier.Config)
		}
		if !r.Frozen.agrees(earlier.Frozen) || !reflect.DeepEqual(c.of(p), earlier.Config.of(p)) {
			lost = append(lost, p)
			continue
		}
		w.Config = c
		w.Rows = slices.Concat(w.Rows, earlier.besides(r, p))
	}
	if len(w.Rows) == len(r.Rows) {
		return r, lost
	}
	if !r.Config.has(KNN) {
		w.Copies = earlier.Copies
		w.knowAlone(earlier)
	}
	slices.SortStableFunc(w.Config.Protocols, byProtocol)
	slices.SortStableFunc(w.Rows, func(a, b Row) int { return byProtocol(protocolOf(a), protocolOf(b)) })
	w.Config.Baselines = r.Config.Baselines || earlier.Config.Baselines
	w.Notes = w.merged(r.Notes, earlier.Notes)
	return &w, lost
}

// Part is what an evaluation with the settings c would have measured, out of a result that
// may have more protocols and baselines; false if it lacks some or measured it otherwise.
func (r *Result) Part(c Config) (*Result, bool) {
	part := *r
	part.Config, part.Rows = c, nil
	names := []string{Model}
	if c.Baselines {
		names = append(names, RandomEncoder, RawPixels)
	}
	for _, name := range names {
		for _, p := range c.Protocols {
			rows := slices.DeleteFunc(slices.Clone(r.Rows), func(row Row) bool {
				return row.Representation != name || protocolOf(row) != p
			})
			same := r.Config.has(p) && reflect.DeepEqual(r.Config.of(p), c.of(p))
			if !same || len(rows) == 0 && name != RawPixels { // which may be left out
				return nil, false
			}
			part.Rows = append(part.Rows, rows...)
		}
	}
	part.Notes = slices.DeleteFunc(slices.Clone(r.Notes), c.lacks)
	return &part, true
}

// knowAlone takes accuracies without copies from another result, whose protocols included
// kNN, where r has the same accuracies without those.
func (r *Result) knowAlone(o *Result) {
	r.Rows = slices.Clone(r.Rows)
	for i, row := range r.Rows {
		same := o.Row(row.Representation, row.Protocol)
		if row.Alone.Runs == nil && reflect.DeepEqual(row.Accuracy, same.Accuracy) {
			r.Rows[i].Alone = same.Alone
		}
	}
}

// withoutPaper is r before the protocol paper is measured, as if it was not asked for.
func (r *Result) withoutPaper() *Result {
	c := *r
	isPaper := func(p string) bool { return p == Paper }
	c.Config.Protocols = slices.DeleteFunc(slices.Clone(c.Config.Protocols), isPaper)
	c.Config.Baselines = false
	return &c
}

// besides are the rows of a protocol that another result does not have.
func (r *Result) besides(other *Result, protocol string) []Row {
	return slices.DeleteFunc(slices.Clone(r.Rows), func(row Row) bool {
		return protocolOf(row) != protocol || slices.ContainsFunc(other.Rows, func(o Row) bool {
			return o.Protocol == row.Protocol && o.Representation == row.Representation
		})
	})
}
