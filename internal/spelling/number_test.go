package spelling

import (
	"testing"
	"time"
)

func TestNumbersAreGrouped(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -999: "-999", -1234567: "-1,234,567",
	} {
		if got := Grouped(n); got != want {
			t.Errorf("Grouped(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestFiguresAreThreeOrMore(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0.00", 0.0149: "0.01", 2: "2.00", 9.994: "9.99", 9.995: "10.0", 31.44: "31.4", 99.95: "100",
		999.4: "999", 999.5: "1,000", 123456.7: "123,457",
	} {
		if got := Figures(x); got != want {
			t.Errorf("Figures(%g) = %s, want %s", x, got, want)
		}
	}
}

func TestTimesAreAsPeopleSayThem(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		400 * time.Millisecond: "0 s", 59 * time.Second: "59 s", 119600 * time.Millisecond: "2 min 0 s",
		58 * time.Minute: "58 min 0 s", 2*time.Hour + 5*time.Minute: "2 h 5 min",
		time.Hour + 119*time.Second: "1 h 2 min", 50 * time.Hour: "2 days 2 h", 3 * day: "3 days 0 h",
		1566 * day: "1,566 days",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestBytesHaveThreeFigures(t *testing.T) {
	for n, want := range map[int64]string{
		500: "0.50 kB", 999_499: "999 kB", 999_500: "1.00 MB", 26_400_000: "26.4 MB", 1_200_000_000: "1.20 GB",
		2_000_000_000_000: "2,000 GB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
