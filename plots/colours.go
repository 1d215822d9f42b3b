package plots

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Palette gives the classes of a chart these colours, written "#RRGGBB", in the
// order in which the legend lists them, in place of the palette that readers
// without red-green vision tell apart. There must be as many as classes at
// least; as many classes have a colour of their own.
func Palette(colours ...string) Option {
	return Option{"Palette", nil, func(c *config) error {
		if err := wantColours("Palette", colours, 1, 64); err != nil {
			return err
		}
		c.palette = upper(colours)
		c.dress(c.theme.named())
		return nil
	}}
}

// Ramp gives a continuous scale of colours these, written "#RRGGBB", from the
// least value to the greatest, and what lies between them.
func Ramp(colours ...string) Option {
	return Option{"Ramp", nil, func(c *config) error {
		if err := wantColours("Ramp", colours, 2, 64); err != nil {
			return err
		}
		c.ramp = upper(colours)
		c.dress(c.theme.named())
		return nil
	}}
}

func upper(colours []string) []string {
	out := make([]string, len(colours))
	for i, s := range colours {
		out[i] = strings.ToUpper(s)
	}
	return out
}

var hexColour = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

func wantColours(option string, colours []string, least, most int) error {
	if len(colours) < least || len(colours) > most {
		return fmt.Errorf("%s: want %d to %d colours, got %d", option, least, most, len(colours))
	}
	for _, s := range colours {
		if !hexColour.MatchString(s) {
			return fmt.Errorf(`%s: want colours written "#RRGGBB", got %q`, option, s)
		}
	}
	return nil
}

var commonColours = []string{"red", "green", "blue", "black", "white", "gray", "grey", "orange", "purple", "yellow",
	"brown", "pink", "cyan", "magenta", "steelblue"}

// looksLikeColour tells what a person may take for a colour from the names of
// columns.
func looksLikeColour(s string) bool {
	return strings.HasPrefix(s, "#") || slices.Contains(commonColours, strings.ToLower(s))
}

// dress sets the theme, with the colours that are asked for.
func (c *config) dress(base *theme) {
	c.theme = base
	if c.palette == nil && c.ramp == nil {
		return
	}
	t := *base.orLight()
	t.base, t.coloursOnly = base, base == nil
	if c.palette != nil {
		t.palette, t.given = c.palette, true
	}
	if c.ramp != nil {
		t.ramp, t.diverging = c.ramp, c.ramp
	}
	c.theme = &t
}

// named is the theme that was asked for by its name, nil for none.
func (t *theme) named() *theme {
	if t == nil || t.base != nil || t.coloursOnly {
		if t == nil {
			return nil
		}
		return t.base
	}
	return t
}

// restSlot is the place of the grey rest, beyond those of all classes.
const restSlot = 1 << 20

// classLimit is how many classes have a colour and a legend entry.
func (c *config) classLimit() int { return max(maxClasses, len(c.palette)) }

// enough returns an error where classes are more than given colours.
func (f *figure) enough() error {
	if f.theme == nil || !f.theme.given {
		return nil
	}
	most := 0
	for _, l := range f.layers {
		for _, s := range l.series {
			if s.fill == "" && s.slot != restSlot {
				most = max(most, s.slot+1)
			}
		}
	}
	if have := len(f.theme.palette); most > have {
		return fmt.Errorf("Palette: want a colour for each of %d classes, got %d", most, have)
	}
	return nil
}

// dressed gives another chart the theme and the colours of this one.
func (c *config) dressed() Option {
	return option("Theme", nil, func(to *config) {
		if c.palette != nil {
			to.palette = c.palette
		}
		if c.ramp != nil {
			to.ramp = c.ramp
		}
		base := c.theme.named()
		if base == nil {
			base = to.theme.named()
		}
		to.dress(base)
	})
}
