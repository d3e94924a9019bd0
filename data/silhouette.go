package data

import "math"

// point is a place in a picture, x to the right and y down.
type point struct{ x, y float64 }

// silhouette is one or more closed outlines; holes run the other way round.
type silhouette [][]point

// silhouettes are the classes of Shapes, each of area 1 around its centroid.
var silhouettes = []struct {
	name    string
	outline silhouette
}{
	{"disc", silhouette{polygon(64)}.normalised()},
	{"ring", silhouette{polygon(64), arc(0, 0, 0.55, 2*math.Pi, 0)}.normalised()},
	{"square", silhouette{polygon(4)}.normalised()},
	{"triangle", silhouette{polygon(3)}.normalised()},
	{"star", silhouette{star(5, 0.45)}.normalised()},
	{"cross", silhouette{cross(0.34)}.normalised()},
	{"crescent", silhouette{crescent(0.5, 0.8)}.normalised()},
	{"heart", silhouette{heart()}.normalised()},
	{"arrow", silhouette{arrow()}.normalised()},
	{"hourglass", silhouette{hourglass()}.normalised()},
}

func silhouetteNames() []string {
	var names []string
	for _, s := range silhouettes {
		names = append(names, s.name)
	}
	return names
}

// arc returns 64 points of a circle of radius r around (x, y), from one angle up
// to, but excluding, another.
func arc(x, y, r, from, to float64) []point {
	const n = 64 // at most 0.2 pixels from the circle in a picture of 256
	p := make([]point, n)
	for i := range p {
		sin, cos := math.Sincos(from + (to-from)*float64(i)/n)
		p[i] = point{x + r*cos, y + r*sin}
	}
	return p
}

// star has n points at distance 1 and n notches at distance inner, with one point up.
func star(n int, inner float64) []point {
	p := make([]point, 2*n)
	for i := range p {
		r := 1.0
		if i%2 == 1 {
			r = inner
		}
		sin, cos := math.Sincos(math.Pi * (float64(i)/float64(n) - 0.5))
		p[i] = point{r * cos, r * sin}
	}
	return p
}

// polygon is regular, with n corners at distance 1, one of them up.
func polygon(n int) []point { return star(n, math.Cos(math.Pi/float64(n))) }

// cross has two bars of half-width w.
func cross(w float64) []point {
	return []point{
		{-w, -1}, {w, -1}, {w, -w}, {1, -w}, {1, w}, {w, w},
		{w, 1}, {-w, 1}, {-w, w}, {-1, w}, {-1, -w}, {-w, -w},
	}
}

// crescent is the unit disc minus a disc of radius r at distance d to the right.
func crescent(d, r float64) []point {
	x := (1 + d*d - r*r) / (2 * d) // where the circles meet
	outer := math.Acos(x)
	inner := math.Acos((x - d) / r)
	return append(arc(0, 0, 1, outer, 2*math.Pi-outer), arc(d, 0, r, 2*math.Pi-inner, inner)...)
}

// heart is the curve x = 16 sin³t, y = 13 cos t − 5 cos 2t − 2 cos 3t − cos 4t
// (Weisstein, "Heart Curve", MathWorld).
func heart() []point {
	p := make([]point, 64)
	for i := range p {
		t := 2 * math.Pi * float64(i) / float64(len(p))
		s := math.Sin(t)
		p[i] = point{16 * s * s * s, -13*math.Cos(t) + 5*math.Cos(2*t) + 2*math.Cos(3*t) + math.Cos(4*t)}
	}
	return p
}

func arrow() []point {
	return []point{{0, -1}, {0.8, -0.1}, {0.3, -0.1}, {0.3, 1}, {-0.3, 1}, {-0.3, -0.1}, {-0.8, -0.1}}
}

func hourglass() []point {
	return []point{{-0.75, -1}, {0.75, -1}, {0.15, 0}, {0.75, 1}, {-0.75, 1}, {-0.15, 0}}
}

// normalised centres s on its centroid and scales it to area 1.
func (s silhouette) normalised() silhouette {
	var area, mx, my float64 // moments by Green's theorem
	for _, outline := range s {
		for i, p := range outline {
			q := outline[(i+1)%len(outline)]
			d := (p.x*q.y - q.x*p.y) / 2
			area += d
			mx += d * (p.x + q.x) / 3
			my += d * (p.y + q.y) / 3
		}
	}
	k := 1 / math.Sqrt(math.Abs(area))
	return s.moved(func(p point) point { return point{(p.x - mx/area) * k, (p.y - my/area) * k} })
}

// placed returns s rotated by turn and scaled to the given area, around centre.
func (s silhouette) placed(centre point, area, turn float64) silhouette {
	sin, cos := math.Sincos(turn)
	k := math.Sqrt(area)
	return s.moved(func(p point) point {
		return point{centre.x + k*(cos*p.x-sin*p.y), centre.y + k*(sin*p.x+cos*p.y)}
	})
}

func (s silhouette) moved(f func(point) point) silhouette {
	to := make(silhouette, len(s))
	for i, outline := range s {
		to[i] = make([]point, len(outline))
		for j, p := range outline {
			to[i][j] = f(p)
		}
	}
	return to
}

// box returns the corners of the smallest upright rectangle around s.
func (s silhouette) box() (lo, hi point) {
	lo, hi = s[0][0], s[0][0]
	for _, outline := range s {
		for _, p := range outline {
			lo = point{min(lo.x, p.x), min(lo.y, p.y)}
			hi = point{max(hi.x, p.x), max(hi.y, p.y)}
		}
	}
	return lo, hi
}
