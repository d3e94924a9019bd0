package health

import (
	"slices"

	"github.com/amdim/amdim/train"
)

// Watch follows a run and says which findings are news. Its zero value, with
// Facts set, is ready for use.
type Watch struct {
	Facts
	records []train.Record
	current []Finding
	seen    map[topic]state
}

// topic groups kinds of which only one holds at a time: the verdicts on learning
// are one topic.
type topic string

const verdict topic = "verdict"

func (k Kind) topic() topic {
	switch k {
	case Starting, TooShort, Learning, NotLearning, Collapsed, RateTooHigh:
		return verdict
	}
	return topic(k)
}

// state is what was last found and last said about a topic.
type state struct {
	found, said mark
	since       int // records with the same mark
}

type mark struct {
	kind  Kind
	level Level
}

// A finding is announced once it has lasted for this many records: one that
// comes and goes from record to record is not news. After the last record of a run
// nothing goes: what it leaves is announced.
const steady = 3

// Resume takes the records of an earlier part of the run; what they say is not news.
func (w *Watch) Resume(records []train.Record) {
	w.records = slices.Clone(records)
	w.current = Check(w.records, w.Facts)
	w.seen = map[topic]state{}
	for _, f := range w.current {
		m := mark{f.Kind, f.Level}
		w.seen[f.Kind.topic()] = state{m, m, steady}
	}
}

// Add takes the next record and returns the findings that are news.
func (w *Watch) Add(r train.Record) []Finding {
	if w.seen == nil {
		w.seen = map[topic]state{verdict: {said: mark{Starting, OK}}}
	}
	w.records = append(w.records, r)
	w.current = Check(w.records, w.Facts)
	last := w.finished(r.Step)
	var news []Finding
	found := map[topic]bool{}
	for _, f := range w.current {
		found[f.Kind.topic()] = true
		s := w.seen[f.Kind.topic()]
		m := mark{f.Kind, f.Level}
		if s.found != m {
			s.found, s.since = m, 0
		}
		s.since++
		if (last || s.since >= steady) && s.said != m {
			s.said = m
			if f.Kind != Starting {
				news = append(news, f)
			}
		}
		w.seen[f.Kind.topic()] = s
	}
	for t, s := range w.seen {
		if !found[t] {
			w.seen[t] = state{said: s.said}
		}
	}
	return news
}

// Current returns the findings as of the last record.
func (w *Watch) Current() []Finding { return w.current }

// Records returns all records taken so far.
func (w *Watch) Records() []train.Record { return w.records }
