package plots

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// TestQC188Theme: the dark theme has the dark blue ground, in both pictures,
// and the same font as the others.
func TestQC188Theme(t *testing.T) {
	c := LineXY([]float64{1, 2, 3}, []float64{1, 4, 9}, Theme("dark"), Title("Squares"))
	var spec struct{ Config struct{ Background string } }
	if err := json.Unmarshal([]byte(c.Spec()), &spec); err != nil || spec.Config.Background != "#182D41" {
		t.Errorf("background %q, %v", spec.Config.Background, err)
	}
	drawn := strings.ToUpper(string(svg(c.fig.sheet())))
	if !strings.Contains(drawn, "#182D41") {
		t.Error("the twin is not dark")
	}
	if strings.Contains(LineXY([]float64{1, 2}, []float64{1, 2}).Spec(), `"background"`) {
		t.Error("a chart without a theme sets a background")
	}
	if err := c.With(Theme("dusk")).Err(); err == nil || !strings.Contains(err.Error(), `want "light", "dark", "print", got "dusk"`) {
		t.Errorf("got %v", err)
	}
}

// Text has a contrast of 4.5 at least on its ground (WCAG 2.1, AA), and what is
// drawn in colour one of 1.3 beside it; in print no two greys are alike.
func TestThemeContrast(t *testing.T) {
	for _, th := range themes {
		for name, c := range map[string]string{"ink": th.ink, "caption": th.caption} {
			if got := contrast(c, th.background); got < 4.5 {
				t.Errorf("%s: %s on its ground has a contrast of %.2f", th.name, name, got)
			}
		}
		seen := map[string]bool{}
		for _, c := range th.palette {
			if got := contrast(c, th.background); got < 1.3 {
				t.Errorf("%s: %s on its ground has a contrast of %.2f", th.name, c, got)
			}
			if seen[c] {
				t.Errorf("%s: %s twice", th.name, c)
			}
			seen[c] = true
		}
	}
}

// contrast is that of two colours by WCAG 2.1, 1 to 21.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(hex string) float64 {
	c := parseColor(hex)
	sum := 0.0
	for i, v := range []uint8{c.R, c.G, c.B} {
		x := float64(v) / 255
		if x <= 0.04045 {
			x /= 12.92
		} else {
			x = math.Pow((x+0.055)/1.055, 2.4)
		}
		sum += x * []float64{0.2126, 0.7152, 0.0722}[i]
	}
	return sum
}
