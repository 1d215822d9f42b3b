package plots

import (
	"fmt"
	"image/color"
	"math"
)

// The palette is Okabe and Ito's for colour-blind readers ("Color Universal
// Design", 2008), without its black, which a dark ground would swallow, and with
// a wine red in place of its yellow, which is faint on white. Orange and sky
// have a contrast of 2.3 on white; darker they would not be told from vermilion
// and blue.
var palette = []string{
	"#0072B2", // blue
	"#E69F00", // orange
	"#009E73", // green
	"#CC79A7", // purple
	"#D55E00", // vermilion
	"#56B4E9", // sky
	"#882255", // wine
}

// maxClasses is how many classes get a colour and a legend entry.
const maxClasses = 8

// ramp is the scale for continuous colours: anchors along viridis (Smith and
// van der Walt, 2015), whose lightness grows evenly and which stays readable
// without red-green vision and in grey. Its darkest fifth is left out for the
// dark theme, its palest end for the light one.
var ramp = []string{
	"#414487", "#355F8D", "#2A788E", "#21918C",
	"#22A884", "#44BF70", "#7AD151", "#BDDF26",
}

// diverging is the scale for values on both sides of a middle: ColorBrewer's
// RdBu (Brewer and Harrower, 2003), from blue over near white to red, which
// readers without red-green vision tell apart.
var diverging = []string{
	"#2166AC", "#67A9CF", "#D1E5F0", "#F7F7F7", "#FDDBC7", "#EF8A62", "#B2182B",
}

// parseColor reads "#RRGGBB". The colours are our own, so a bad one is a bug.
func parseColor(hex string) color.NRGBA {
	var r, g, b uint8
	if _, err := fmt.Sscanf(hex, "#%02X%02X%02X", &r, &g, &b); err != nil {
		panic(fmt.Sprintf("plots: bad colour %q: %v", hex, err))
	}
	return color.NRGBA{r, g, b, 255}
}

// rampColor interpolates a scale of colours at f in [0,1].
func rampColor(ramp []string, f float64) color.NRGBA {
	f = math.Max(0, math.Min(1, f)) * float64(len(ramp)-1)
	i := min(int(f), len(ramp)-2)
	a, b, t := parseColor(ramp[i]), parseColor(ramp[i+1]), f-float64(i)
	mix := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + t*(float64(y)-float64(x)))) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}
