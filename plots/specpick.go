package plots

import (
	"math"
	"slices"
)

// faded is the part of its opacity that a class keeps while others are picked.
const faded = 0.12

// A picking is the parameter that holds the classes that are picked. Panels with
// one legend have it in common.
type picking struct {
	name string
	set  bool // some unit has it
}

// pickable lets clicks on the legend pick classes: the marks of the others fade.
// A further click takes a class out again; with none picked all are shown.
func (f *figure) pickable(units []object, pick *picking) {
	first := slices.IndexFunc(f.layers, func(l layer) bool { return !l.silent && l.classed() })
	if len(f.legend.names) < 2 || first < 0 && !pick.set {
		return
	}
	for i := range f.layers {
		l := &f.layers[i]
		if !l.classed() {
			continue
		}
		unit := visible(units[i])
		encoding, ok := unit["encoding"].(object)
		if !ok {
			encoding = object{}
			unit["encoding"] = encoding
		}
		encoding["opacity"] = object{"condition": object{"param": pick.name, "value": l.opacity}, "value": math.Round(l.opacity*faded*1e3) / 1e3}
		if i == first && !pick.set {
			pick.set = true
			params, _ := unit["params"].([]object)
			unit["params"] = append(params, object{"name": pick.name, "bind": "legend",
				"select": object{"type": "point", "fields": []string{"c"}, "toggle": "true"}})
		}
	}
}

// visible is the unit whose marks are seen, the first of several: the others
// carry tooltips.
func visible(unit object) object {
	if parts, ok := unit["layer"].([]object); ok {
		return parts[0]
	}
	return unit
}

// classed reports whether every mark of the layer belongs to a class of the
// legend and has the layer's opacity.
func (l *layer) classed() bool {
	return l.mark != textMark && l.shade == nil && len(l.series) > 0 &&
		!slices.ContainsFunc(l.series, func(s series) bool { return s.name == "" || s.fill != "" || s.alpha != nil })
}
