package report

import (
	"fmt"
	"math"
	"strings"
)

// Chart is a set of curves over one x axis.
type Chart struct {
	Title, X string // X names the axis
	Series   []Series
	Top      float64 // upper end of the y axis, where higher values are drawn; 0: the largest value
	Note     string  // on what the curves do not show; may be empty
}

// Series is one curve, with a level to compare it with.
type Series struct {
	Name  string
	X, Y  []float64
	Level float64 // drawn dashed, such as log N; NaN or 0: none
	Class int     // colour; 0: the chart's next one
}

const curveColors = 6

// Size of a chart and of its margins, in units of the SVG view box.
const (
	chartWidth, chartHeight = 460.0, 260.0
	left, right             = 44.0, 12.0
	top, bottom             = 10.0, 36.0
)

// Plot is a chart laid out for the template.
type Plot struct {
	Chart
	Width, Height            float64
	Left, Right, Top, Bottom float64 // edges of the plotting area
	XTicks, YTicks           []Tick
	Curves                   []Curve
}

// Tick is a mark on an axis.
type Tick struct {
	At    float64
	Label string
}

// Curve is a line in SVG coordinates.
type Curve struct {
	Name   string
	Class  string // picks the colour
	Points string
	Dot    *Point  // a single point, for which no line can be drawn
	Level  float64 // 0: none
}

// Point is a position in SVG coordinates.
type Point struct{ X, Y float64 }

// Center is the middle of the plotting area.
func (p Plot) Center() float64 { return (p.Left + p.Right) / 2 }

// Plot lays the chart out.
func (c Chart) Plot() Plot {
	p := Plot{Chart: c, Width: chartWidth, Height: chartHeight,
		Left: left, Right: chartWidth - right, Top: top, Bottom: chartHeight - bottom}
	x, y := c.ranges()
	toX := scale(x, p.Left, p.Right)
	toY := scale(y, p.Bottom, p.Top)
	for _, v := range ticks(x) {
		p.XTicks = append(p.XTicks, Tick{toX(v), number(v)})
	}
	for _, v := range ticks(y) {
		p.YTicks = append(p.YTicks, Tick{toY(v), number(v)})
	}
	for i, s := range c.Series {
		if s.Class > 0 {
			i = s.Class
		}
		curve := Curve{Name: s.Name, Class: fmt.Sprintf("curve-%d", i%curveColors)}
		var b strings.Builder
		for j := range s.X {
			fmt.Fprintf(&b, "%.1f,%.1f ", toX(s.X[j]), toY(min(s.Y[j], y.hi)))
		}
		curve.Points = strings.TrimSpace(b.String())
		if len(s.X) == 1 {
			curve.Dot = &Point{toX(s.X[0]), toY(min(s.Y[0], y.hi))}
		}
		if s.Level > 0 {
			curve.Level = toY(s.Level)
		}
		p.Curves = append(p.Curves, curve)
	}
	return p
}

type span struct{ lo, hi float64 }

// ranges returns the spans of both axes, from 0 to a round number.
func (c Chart) ranges() (x, y span) {
	y.hi = c.Top
	for _, s := range c.Series {
		for i := range s.X {
			x.hi = max(x.hi, s.X[i])
			if c.Top == 0 {
				y.hi = max(y.hi, s.Y[i], s.Level)
			}
		}
	}
	if x.hi == 0 {
		x.hi = 1
	}
	if y.hi == 0 {
		y.hi = 1
	}
	if c.Top == 0 {
		step := tickStep(y)
		y.hi = math.Ceil(y.hi/step) * step
	}
	return x, y
}

func scale(s span, lo, hi float64) func(float64) float64 {
	return func(v float64) float64 { return lo + (v-s.lo)/(s.hi-s.lo)*(hi-lo) }
}

// tickStep is 1, 2 or 5 times a power of ten, and gives four to ten ticks.
func tickStep(s span) float64 {
	rough := (s.hi - s.lo) / 5
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= rough*0.999 {
			return m * power
		}
	}
	return 10 * power
}

func ticks(s span) []float64 {
	step := tickStep(s)
	var t []float64
	for i := 0; s.lo+float64(i)*step <= s.hi*(1+1e-9); i++ {
		t = append(t, s.lo+float64(i)*step)
	}
	return t
}

func number(v float64) string {
	if v >= 10_000 {
		return fmt.Sprintf("%gk", v/1000)
	}
	return fmt.Sprintf("%.4g", v)
}
