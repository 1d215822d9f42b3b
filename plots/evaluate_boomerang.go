package plots

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An Outcome is how well a model does on the splits of the data, such as
// "train", "validation" and "test": its loss and its score (accuracy, r²) on
// each.
type Outcome struct {
	Model  string
	Splits []string
	Losses []float64
	Scores []float64
}

// MaxLoss leaves models out of a [Boomerang] that have a loss of this much or
// more on any split; it is above zero.
func MaxLoss(loss float64) Option {
	return evalOption("MaxLoss", func(e *evaluation) error {
		if !(loss > 0) {
			return fmt.Errorf("MaxLoss: want a number above 0, got %g", loss)
		}
		e.maxLoss = loss
		return nil
	})
}

// MinScore leaves models out of a [Boomerang] that have a score of this much or
// less on any split.
func MinScore(score float64) Option {
	return evalOption("MinScore", func(e *evaluation) error {
		if !finite(score) {
			return fmt.Errorf("MinScore: want a finite number, got %g", score)
		}
		e.minScore = &score
		return nil
	})
}

// Boomerang compares models: one line for each through its splits, at their
// loss and their score, with a shape for each split. A good model is a short line
// at the top left; a long one is overfitted. [MaxLoss] and [MinScore] leave out
// models that are not good enough. The seven models that score best on their
// last split have colours, the others are grey.
func Boomerang(models []Outcome, opts ...Option) *Chart {
	if err := checkOutcomes(models); err != nil {
		return refused("boomerang", err)
	}
	return drawn("boomerang", func(d *drawing) error {
		good := goodEnough(models, d.cfg.eval)
		if len(good) == 0 {
			return fmt.Errorf("none of %s is left: want all %s", plural(len(models), "model"), d.cfg.eval.wanted())
		}
		if n := len(models) - len(good); n > 0 {
			d.note("%s left out: want all %s", plural(n, "model"), d.cfg.eval.wanted())
		}
		d.x, d.y = axis{label: "loss"}, axis{label: "score"}
		return d.boomerang(good)
	}, opts)
}

// checkOutcomes compares the lengths of what models have.
func checkOutcomes(models []Outcome) error {
	if len(models) == 0 {
		return errors.New("want at least one model, got none")
	}
	names := make([]string, len(models))
	for i, m := range models {
		names[i] = m.Model
	}
	if err := different("model", names); err != nil {
		return err
	}
	for _, m := range models {
		if len(m.Splits) == 0 {
			return fmt.Errorf("model %q: want at least one split, got none", m.Model)
		}
		err := different("split", m.Splits)
		if err == nil {
			err = sameLength(len(m.Losses), len(m.Splits), "losses", "splits")
		}
		if err == nil {
			err = sameLength(len(m.Scores), len(m.Splits), "scores", "splits")
		}
		if err != nil {
			return fmt.Errorf("model %q: %w", m.Model, err)
		}
	}
	return nil
}

// goodEnough are the models that the options do not leave out.
func goodEnough(models []Outcome, e evaluation) []Outcome {
	var out []Outcome
	for _, m := range models {
		tooMuch := func(loss float64) bool { return e.maxLoss > 0 && !(loss < e.maxLoss) }
		tooLittle := func(score float64) bool { return e.minScore != nil && !(score > *e.minScore) }
		if !slices.ContainsFunc(m.Losses, tooMuch) && !slices.ContainsFunc(m.Scores, tooLittle) {
			out = append(out, m)
		}
	}
	return out
}

// wanted says what models are left out for.
func (e evaluation) wanted() string {
	var parts []string
	if e.maxLoss > 0 {
		parts = append(parts, "losses below "+figures(e.maxLoss, 6))
	}
	if e.minScore != nil {
		parts = append(parts, "scores above "+figures(*e.minScore, 6))
	}
	return strings.Join(parts, " and all ")
}

// boomerang draws the lines and the marks on them.
func (d *drawing) boomerang(models []Outcome) error {
	models, splits := slices.Clone(models), splitNames(models)
	if len(models) > maxClasses { // else in the order that they came in
		slices.SortStableFunc(models, func(a, b Outcome) int { return cmp.Compare(b.last(), a.last()) })
	}
	if len(models) > maxLines {
		d.note("the best %d of %s models", maxLines, group(len(models)))
		models = models[:maxLines]
	}
	names := make([]string, len(models))
	for i, m := range models {
		names[i] = m.Model
	}
	f := filter{logX: d.logX, logY: d.logY}
	d.layer = layer{mark: lineMark, opacity: 0.8, ordered: true, info: []string{"split"}}
	marks := layer{mark: pointMark, opacity: 1, area: 60, info: d.layer.info}
	for i, s := range d.ofModels(names, "best") {
		s.x, s.y, s.info = models[i].Losses, models[i].Scores, [][]string{models[i].Splits}
		if s = s.visible(&f); len(s.x) == 0 {
			continue
		}
		d.layer.series = append(d.layer.series, s)
		marks.series = append(marks.series, d.forms(s, splits)...)
	}
	d.report(f, "split")
	if len(d.layer.series) == 0 {
		return errNothing(len(models), d.notes)
	}
	d.over = []layer{marks}
	return nil
}

// last is the score on the last split.
func (m Outcome) last() float64 { return m.Scores[len(m.Scores)-1] }

// splitNames are the splits of all models, in the order of first appearance.
func splitNames(models []Outcome) []string {
	var out []string
	for _, m := range models {
		for _, s := range m.Splits {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// forms divides a line's points by their split, each with its shape, unless
// there are too many.
func (d *drawing) forms(s series, splits []string) []series {
	if len(splits) > len(forms) {
		return []series{s}
	}
	d.shapes, d.shapeTitle = splits, "split"
	var out []series
	for i, split := range s.info[0] {
		one := s.rows([]int{i})
		one.form = slices.Index(splits, split)
		out = append(out, one)
	}
	return out
}
