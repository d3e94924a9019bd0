package enginetest

import (
	"slices"
	"strings"
	"testing"
)

func TestGroupSumsGathersAndExchanges(t *testing.T) {
	together(t, Groups(3), func(t *testing.T, m *Member) {
		for range 3 {
			r := float32(m.Rank())
			v, all := []float32{r, 1}, make([]float32, 3)
			if err := m.Gather(all, v[:1]); err != nil || !slices.Equal(all, []float32{0, 1, 2}) {
				t.Errorf("Gather gives %v, %v", all, err)
			}
			if err := m.Sum(v); err != nil || !slices.Equal(v, []float32{3, 3}) {
				t.Errorf("Sum gives %v, %v", v, err)
			}
			texts, err := m.Exchange(strings.Repeat("x", m.Rank()))
			if err != nil || !slices.Equal(texts, []string{"", "x", "xx"}) {
				t.Errorf("Exchange gives %q, %v", texts, err)
			}
		}
	})
}

// Float sums depend on the order: it is that of the ranks, whoever comes last.
func TestGroupSumsInOrderOfRank(t *testing.T) {
	terms := []float32{1e8, 1, -1e8, 1}
	together(t, Groups(len(terms)), func(t *testing.T, m *Member) {
		for range 50 {
			v := []float32{terms[m.Rank()]}
			if err := m.Sum(v); err != nil || v[0] != 1 {
				t.Fatalf("the sum is %v, %v, want 1", v, err)
			}
		}
	})
}

func TestNobodyWaitsForACallThatNeverComes(t *testing.T) {
	for name, rankOne := range map[string]func(m *Member) error{
		"left":           func(m *Member) error { m.Leave(); return m.Sum([]float32{1}) },
		"another method": func(m *Member) error { return m.Gather(make([]float32, 2), []float32{1}) },
		"another length": func(m *Member) error { return m.Sum([]float32{1, 2}) },
		"fails":          func(m *Member) error { m.FailAt(1); return m.Sum([]float32{1}) },
	} {
		t.Run(name, func(t *testing.T) {
			together(t, Groups(2), func(t *testing.T, m *Member) {
				call := func(m *Member) error { return m.Sum([]float32{1}) }
				if m.Rank() == 1 {
					call = rankOne
				}
				if call(m) == nil {
					t.Error("no error")
				}
				if m.Sum([]float32{1}) == nil {
					t.Error("the group works on after an error")
				}
			})
		})
	}
}
