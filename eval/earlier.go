package eval

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/amdim/amdim/encoder"
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
	} else if r.Copies != earlier.Copies {
		w.forgetAlone(r)
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
			if !same || len(rows) == 0 && name != RawPixels || // which may be left out
				slices.ContainsFunc(rows, r.outdated) {
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

// forgetAlone drops accuracies without copies that another result than r gave: it took other
// images for copies, as an earlier version may.
func (w *Result) forgetAlone(r *Result) {
	w.Rows = slices.Clone(w.Rows)
	for i, row := range w.Rows {
		if r.Row(row.Representation, row.Protocol).Protocol == "" {
			w.Rows[i].Alone = Score{}
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

// sameTask reports whether both are of the same encoder, run by the same engine,
// on the same images.
func (r *Result) sameTask(o *Result) bool {
	return r.Step == o.Step && r.TrainedOn == o.TrainedOn && r.Engine == o.Engine &&
		r.Frozen.sameWeights(o.Frozen) && reflect.DeepEqual(r.Network, o.Network) &&
		r.SameImages(o) && r.sameContents(o) && slices.Equal(r.ClassNames, o.ClassNames)
}

// sameContents reports whether files that both are of held the same. What the files held that
// an earlier version measured nobody knows: that was no reason to tell them apart, which
// left rows of pictures that had been replaced beside others.
func (r *Result) sameContents(o *Result) bool {
	return r.TrainContents == o.TrainContents && r.TestContents == o.TestContents
}

// Of reports whether r is of these images and of what they hold now; of an earlier version's
// result on files nobody knows.
func (r *Result) Of(train, test *encoder.Images) bool {
	now := Result{TrainContents: train.Contents, TestContents: test.Contents}
	return r.TrainDigest == train.Digest() && r.TestDigest == test.Digest() && r.sameContents(&now)
}

// SameImages reports whether both are of the same images, or of files with the same names and
// sizes: by their digests, wherever the images were, or by the spec if one is of an
// earlier version.
func (r *Result) SameImages(o *Result) bool {
	same := r.Data == o.Data
	if r.TestDigest != "" && o.TestDigest != "" {
		same = r.TrainDigest == o.TrainDigest && r.TestDigest == o.TestDigest
	}
	return same && r.Train == o.Train && r.Test == o.Test && r.Folds == o.Folds
}

// Comparable reports whether two results are of the same images, with the same
// settings for every protocol that both were measured under; the batch of a probe may have
// been fitted to each.
func (r *Result) Comparable(o *Result) bool {
	for _, p := range r.Config.Protocols {
		a, b := r.Config.of(p), o.Config.of(p)
		a.KNN.K, b.KNN.K, a.FewShot.Shots, b.FewShot.Shots = nil, nil, nil, nil // row names contain them
		a.Probe, b.Probe = a.Probe.unfitted(), b.Probe.unfitted()
		if o.Config.has(p) && !reflect.DeepEqual(a, b) {
			return false
		}
	}
	known := r.TestContents != "" && o.TestContents != ""
	return r.SameImages(o) && (!known || r.sameContents(o))
}

// besides are the rows of a protocol that another result does not have.
func (r *Result) besides(other *Result, protocol string) []Row {
	return slices.DeleteFunc(slices.Clone(r.Rows), func(row Row) bool {
		return protocolOf(row) != protocol || r.outdated(row) || slices.ContainsFunc(other.Rows, func(o Row) bool {
			return o.Protocol == row.Protocol && o.Representation == row.Representation
		})
	})
}

// outdated reports whether a row of r is of an earlier version, whose raw pixels had the probes
// of the network.
func (r *Result) outdated(row Row) bool {
	p := protocolOf(row)
	return row.Representation == RawPixels && (p == Linear || p == MLP) && r.Config.Probe.Fitted > 0 &&
		row.ProbeBatch == 0
}

// protocolOf is the protocol, without its number, that a row was measured under.
func protocolOf(row Row) string {
	for _, p := range protocols {
		if row.Protocol == p || strings.HasPrefix(row.Protocol, p+"-") {
			return p
		}
	}
	return row.Protocol
}

func byProtocol(a, b string) int {
	return cmp.Compare(slices.Index(protocols, a), slices.Index(protocols, b))
}

// of is the part of c that decides the results under a protocol.
func (c Config) of(protocol string) Config {
	s := Config{Refresh: c.Refresh}
	switch protocol {
	case Linear, MLP:
		s.Seeds, s.Probe = c.Seeds, c.Probe
	case KNN:
		s.KNN = c.KNN
	case FewShot:
		s.FewShot = c.FewShot
	case Paper:
		s.Seeds, s.Paper, s.PaperViews = c.Seeds, c.Paper, c.PaperViews
	}
	return s
}

// taking is c plus a protocol of another configuration, with those of the
// latter's settings that no protocol of c uses.
func (c Config) taking(protocol string, from Config) Config {
	probes := c.has(Linear) || c.has(MLP)
	if !probes && !c.has(Paper) {
		c.Seeds = from.Seeds
	}
	switch {
	case protocol == KNN:
		c.KNN = from.KNN
	case protocol == FewShot:
		c.FewShot = from.FewShot
	case protocol == Paper:
		c.Paper, c.PaperViews = from.Paper, from.PaperViews
	case !probes:
		c.Probe = from.Probe
	}
	c.Protocols = append(slices.Clone(c.Protocols), protocol)
	return c
}
