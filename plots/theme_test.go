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

// Text has a contrast of 4.5 at least on its ground, and what is drawn in colour
// one of 3 (WCAG 2.1, AA).
func TestThemeContrast(t *testing.T) {
	for _, th := range themes {
		for name, c := range map[string]string{"ink": th.ink, "caption": th.caption} {
			if got := contrast(c, th.background); got < 4.5 {
				t.Errorf("%s: %s on its ground has a contrast of %.2f", th.name, name, got)
			}
		}
		for _, c := range th.palette {
			least := 3.0
			if th == lightTheme && (c == "#E69F00" || c == "#56B4E9") {
				least = 2.2 // see palette
			}
			if got := contrast(c, th.background); got < least {
				t.Errorf("%s: %s on its ground has a contrast of %.2f, want %g", th.name, c, got, least)
			}
		}
	}
	for _, c := range darkTheme.palette { // and where JupyterLab is dark
		if got := contrast(c, "#333333"); got < 3 {
			t.Errorf("%s on Vega's dark ground has a contrast of %.2f", c, got)
		}
	}
}

// TestColourBlind: readers without one of the three kinds of cones tell the
// colours of classes apart.
func TestColourBlind(t *testing.T) {
	for _, th := range themes {
		least := 16.0
		if th.name == "print" { // greys, between black and what shows on white
			least = 9.5
		}
		for eye, m := range cones {
			for i, a := range th.palette {
				for _, b := range th.palette[:i] {
					if far := difference(m, a, b); far < least {
						t.Errorf("%s: %s and %s differ by %.1f with %s, want %g", th.name, a, b, far, eye, least)
					}
				}
			}
		}
	}
}

// TestDifference against colours whose place in CIELAB is known, and two that
// differ in red and green only.
func TestDifference(t *testing.T) {
	all := cones["all cones"]
	if got := difference(all, "#FFFFFF", "#000000"); math.Abs(got-100) > 0.1 {
		t.Errorf("white and black differ by %.2f, want 100", got)
	}
	if got := difference(all, "#FF0000", "#000000"); math.Abs(got-117.3) > 0.5 { // L* 53.2, C* 104.6
		t.Errorf("red and black differ by %.2f, want 117.3", got)
	}
	if sees, blind := difference(all, "#B56B00", "#6F8600"), difference(cones["deuteranopia"], "#B56B00", "#6F8600"); blind > sees/4 {
		t.Errorf("orange and olive differ by %.1f, without green cones by %.1f", sees, blind)
	}
}

// cones are what colours look like, as matrices over linear RGB (Machado,
// Oliveira and Fernandes, "A physiologically-based model for simulation of
// color vision deficiency", 2009, severity 1).
var cones = map[string][3][3]float64{
	"all cones":    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// difference is that of two colours seen with some cones: the distance in
// CIELAB (1976), in which a difference of 2 can just be seen side by side.
func difference(m [3][3]float64, a, b string) float64 {
	x, y := lab(times(m, linear(a))), lab(times(m, linear(b)))
	return math.Sqrt((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]) + (x[2]-y[2])*(x[2]-y[2]))
}

func times(m [3][3]float64, v [3]float64) (out [3]float64) {
	for i, row := range m {
		out[i] = math.Max(0, math.Min(1, row[0]*v[0]+row[1]*v[1]+row[2]*v[2]))
	}
	return out
}

// lab turns linear RGB into CIELAB under D65.
func lab(rgb [3]float64) [3]float64 {
	xyz := times([3][3]float64{
		{0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047},
		{0.2126729, 0.7151522, 0.0721750},
		{0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883}}, rgb)
	for i, v := range xyz {
		if xyz[i] = 7.787*v + 16.0/116; v > 0.008856 {
			xyz[i] = math.Cbrt(v)
		}
	}
	return [3]float64{116*xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])}
}

// contrast is that of two colours by WCAG 2.1, 1 to 21.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(hex string) float64 {
	c := linear(hex)
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}

// linear is a colour as shares of light.
func linear(hex string) (out [3]float64) {
	c := parseColor(hex)
	for i, v := range []uint8{c.R, c.G, c.B} {
		if out[i] = float64(v) / 255; out[i] <= 0.04045 {
			out[i] /= 12.92
		} else {
			out[i] = math.Pow((out[i]+0.055)/1.055, 2.4)
		}
	}
	return out
}
