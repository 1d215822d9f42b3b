package plots

import (
	"fmt"
	"image/color"
	"slices"
	"strings"
)

// A theme is the colours of a chart. Without one, the specification leaves
// background and text to the front end, and the twin is light.
type theme struct {
	name                                        string
	background, ink, caption, grid, domain, shy string // "#RRGGBB"
	palette                                     []string
	ramp                                        []string
	diverging                                   []string
	dashes                                      [][]float64 // of lines, by class; nil: all are solid

	base               *theme // that these colours change
	coloursOnly, given bool   // no theme was asked for; the palette was
}

// lightTheme is also what twins look like where no theme is asked for.
var lightTheme = &theme{
	name: "light", background: "#FFFFFF", ink: "#262626", caption: "#666666", grid: "#E4E4E4", domain: "#888888", shy: "#999999",
	palette: palette, ramp: ramp, diverging: diverging,
}

var darkTheme = &theme{
	name: "dark", background: "#182D41", ink: "#E8EDF2", caption: "#A9B7C4", grid: "#2D4459", domain: "#7C8FA0", shy: "#8C9AA6",
	// Okabe and Ito's colours that show on dark, and a violet.
	palette:   []string{"#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0804A", "#F0E442", "#9669FF"},
	ramp:      []string{"#3B5F96", "#2F7F9E", "#2A9D94", "#3DB87C", "#77CE5F", "#B4DE4A", "#E8E45A"},
	diverging: diverging,
}

var themes = []*theme{
	lightTheme, darkTheme,
	{
		name: "print", background: "#FFFFFF", ink: "#000000", caption: "#333333", grid: "#DDDDDD", domain: "#000000", shy: "#AAAAAA",
		// Greys in even steps of lightness, the palest of which still shows on
		// paper; lines differ by their dashes too.
		palette: []string{"#000000", "#7B7B7B", "#4A4A4A", "#949494", "#323232", "#626262", "#1B1B1B"},
		ramp:    []string{"#E6E6E6", "#C4C4C4", "#A0A0A0", "#7C7C7C", "#585858", "#363636", "#161616"},
		// Greys have one direction only.
		diverging: []string{"#E6E6E6", "#C4C4C4", "#A0A0A0", "#7C7C7C", "#585858", "#363636", "#161616"},
		dashes:    [][]float64{nil, {6, 3}, {2, 2}, {8, 3, 2, 3}, {10, 4}, {4, 2, 1, 2}, {1, 3}},
	},
}

// Theme gives the chart the colours of a theme, whatever the front end's own:
// "light", "dark" (on dark blue) or "print" (black and greys, dashed lines).
// Without it a chart in JupyterLab follows JupyterLab's theme.
func Theme(name string) Option {
	return Option{"Theme", nil, func(c *config) error {
		i := slices.IndexFunc(themes, func(t *theme) bool { return t.name == name })
		if i < 0 {
			names := make([]string, len(themes))
			for i, t := range themes {
				names[i] = fmt.Sprintf("%q", t.name)
			}
			return fmt.Errorf("Theme: want %s, got %q", strings.Join(names, ", "), name)
		}
		c.dress(themes[i])
		return nil
	}}
}

// orLight is the theme that a twin is drawn in.
func (t *theme) orLight() *theme {
	if t == nil {
		return lightTheme
	}
	return t
}

// class is the colour of the i-th class.
func (t *theme) class(i int) string {
	if p := t.orLight().palette; i < len(p) {
		return p[i]
	}
	return t.orLight().shy
}

// onDark is the Vega expression for whether the front end draws on a dark
// ground; one that nobody set is taken for a light one.
const onDark = "luminance(background||'white')<0.1&&background!='transparent'"

// adaptive is the colour of the i-th class in a specification: where no theme is
// asked for, that of the light or of the dark one, as the ground is.
func (t *theme) adaptive(i int) any {
	if t != nil {
		return t.class(i)
	}
	light, dark := lightTheme.class(i), darkTheme.class(i)
	if light == dark {
		return light
	}
	return object{"expr": onDark + "?'" + dark + "':'" + light + "'"}
}

// adapted computes the colours that rows bring, in the same way.
func (f *figure) adapted(l *layer) []object {
	if f.theme != nil {
		return nil
	}
	dark := map[string]string{}
	for i := range l.series {
		s := &l.series[i]
		if s.fill == "" && f.paint(l, s) != "" {
			dark[lightTheme.class(s.slot)] = darkTheme.class(s.slot)
		}
	}
	if len(dark) == 0 {
		return nil
	}
	return []object{{"calculate": onDark + "?" + string(marshal(dark)) + "[datum.k]:datum.k", "as": "k"}}
}

// dash is how the lines of the i-th class are dashed.
func (t *theme) dash(i int) []float64 {
	if t == nil || len(t.dashes) == 0 || i >= restSlot {
		return nil
	}
	return t.dashes[i%len(t.dashes)]
}

// rampOf is the scale of colours of a channel.
func (t *theme) rampOf(ch *channel) []string {
	if ch.diverging {
		return t.orLight().diverging
	}
	return t.orLight().ramp
}

// colourOf is the colour of a value of a channel.
func (t *theme) colourOf(ch *channel, v float64) color.NRGBA {
	return rampColor(t.rampOf(ch), ch.fraction(v))
}

// fillOf is the colour of a series.
func (f *figure) fillOf(s *series) string {
	switch s.fill {
	case "":
		return f.theme.class(s.slot)
	case "ink":
		return plainInk(f.theme)
	}
	return s.fill
}

// config is the part of a specification's configuration that the theme sets.
func (t *theme) config(c object) {
	if t == nil || t.coloursOnly {
		return
	}
	c["background"] = t.background
	axis, legend, title := c["axis"].(object), c["legend"].(object), c["title"].(object)
	axis["labelColor"], axis["titleColor"] = t.ink, t.ink
	axis["gridColor"], axis["domainColor"], axis["tickColor"] = t.grid, t.domain, t.domain
	axis["gridOpacity"] = 1
	legend["labelColor"], legend["titleColor"] = t.ink, t.ink
	title["color"], title["subtitleColor"] = t.ink, t.caption
}
