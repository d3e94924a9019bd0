package segment

import (
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/internal/rng"
)

// drawn is a map of digits and letters, a row a line.
func drawn(rows ...string) Map {
	return mapOf(len(rows[0]), len(rows), func(x, y int) int {
		return strings.IndexByte("0123456789abcdefghijklmnopqrstuvwxyz", rows[y][x])
	})
}

func TestRegionsAreJoinedByEdges(t *testing.T) {
	for _, c := range []struct{ m, want Map }{
		{drawn("0110", "1100", "0011"), drawn("0112", "1122", "3344")}, // corners do not join
		{drawn("10101", "10101", "11111"), drawn("01020", "01020", "00000")},
		{drawn("00000", "01110", "01010", "01110", "00000"), drawn("00000", "01110", "01210", "01110", "00000")},
		{drawn("5"), drawn("0")},
	} {
		got, n := c.m.Regions()
		if want, _ := c.want.Compact(); !slices.Equal(got.Label, want.Label) || n != len(want.segments()) {
			t.Errorf("%v: %v, %d regions", c.m.Label, got.Label, n)
		}
	}
}

// flood is the regions by filling each from its first pixel.
func flood(m Map) Map {
	out := mapOf(m.W, m.H, func(_, _ int) int { return -1 })
	next := int32(0)
	var fill func(x, y int, l int32)
	fill = func(x, y int, l int32) {
		if x < 0 || y < 0 || x == m.W || y == m.H || out.At(y, x) >= 0 || m.At(y, x) != l {
			return
		}
		out.Label[y*m.W+x] = next
		fill(x-1, y, l)
		fill(x+1, y, l)
		fill(x, y-1, l)
		fill(x, y+1, l)
	}
	for i, l := range m.Label {
		if out.Label[i] < 0 {
			fill(i%m.W, i/m.W, l)
			next++
		}
	}
	return out
}

func TestRegionsEqualFloods(t *testing.T) {
	s := rng.New(1, 0, 0, rng.Sample)
	for range 200 {
		m := randomMap(&s, 1+s.IntN(20), 1+s.IntN(20), 1+s.IntN(4))
		if got, _ := m.Regions(); !slices.Equal(got.Label, flood(m).Label) {
			t.Fatalf("%d×%d %v: %v", m.W, m.H, m.Label, got.Label)
		}
	}
}

func TestAbsorbTakesTheLongestBorder(t *testing.T) {
	for _, c := range []struct {
		name  string
		least int
		m     Map
		want  Map
	}{
		{"nothing is small", 4, drawn("0011", "0011"), drawn("0011", "0011")},
		{"an island", 2, drawn("000", "010", "000"), drawn("000", "000", "000")},
		{"three sides of four", 2, drawn("0011", "0211", "0011"), drawn("0011", "0011", "0011")},
		{"of equals the least label", 3, drawn("33100", "33100"), drawn("33000", "33000")},
		{
			"borders with two regions of a label add up", 3,
			drawn("11011", "11011", "22222"), drawn("11111", "11111", "22222"),
		},
		{"small ones become a large one", 3, drawn("00000", "00123", "00000"), drawn("00000", "00000", "00000")},
		{"all is smaller", 9, drawn("11", "11"), drawn("11", "11")},
		{"0 and 1 change nothing", 1, drawn("0123"), drawn("0123")},
	} {
		got, err := c.m.Absorb(t.Context(), c.least)
		if err != nil || !slices.Equal(got.Label, c.want.Label) {
			t.Errorf("%s: %v, want %v", c.name, got.Label, c.want.Label)
		}
	}
}

func TestAbsorbLeavesNoSmallRegion(t *testing.T) {
	s := rng.New(2, 0, 0, rng.Sample)
	for range 200 {
		m := randomMap(&s, 1+s.IntN(30), 1+s.IntN(30), 1+s.IntN(5))
		least := s.IntN(40)
		got, err := m.Absorb(t.Context(), least)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := m.Absorb(t.Context(), least); err != nil || !slices.Equal(got.Label, again.Label) {
			t.Fatal("two calls differ")
		}
		regions, n := got.Regions()
		for _, r := range regions.segments() {
			if int(r.N) < least && n > 1 {
				t.Fatalf("%d×%d, least %d: a region of %d", m.W, m.H, least, r.N)
			}
		}
		before, _ := m.Regions()
		for i, r := range before.segments() {
			if int(r.N) < least {
				continue
			}
			for p, q := range before.Label { // what is large keeps its labels
				if int(q) == i && got.Label[p] != m.Label[p] {
					t.Fatalf("a region of %d pixels changed, least %d", r.N, least)
				}
			}
		}
	}
}

// A spiral of one pixel's width is a region as deep as it has pixels.
func TestRegionsOfASpiral(t *testing.T) {
	const w = 401
	m := NewMap(w, w)
	x, y, dx, dy := 0, 0, 1, 0
	free := func(x, y int) bool { return x < 0 || y < 0 || x >= w || y >= w || m.At(y, x) == 0 }
	for {
		m.Label[y*w+x] = 1
		next := func() bool {
			nx, ny := x+dx, y+dy
			return nx >= 0 && ny >= 0 && nx < w && ny < w && m.At(ny, nx) == 0 && free(nx+dx, ny+dy)
		}
		if !next() {
			if dx, dy = -dy, dx; !next() {
				break
			}
		}
		x, y = x+dx, y+dy
	}
	if _, n := m.Regions(); n != 2 {
		t.Errorf("%d regions, want the spiral and what it leaves", n)
	}
}
