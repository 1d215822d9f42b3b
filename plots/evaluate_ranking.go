package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/internal/radix"
)

// A ranking is the rows of a split by their scores.
type ranking struct {
	split              string
	below, above       []uint64 // words of the scores below zero and of the others, ascending
	positive, negative float64  // rows of each class
	left               int      // rows without label or score
}

// rankings sorts the rows of all splits; both classes must be there, or with
// both false the positive one.
func rankings(splits []Split, both bool) ([]*ranking, error) {
	if len(splits) == 0 {
		return nil, errors.New("want at least one split, got none")
	}
	if len(splits) > maxClasses-1 {
		return nil, fmt.Errorf("want at most %d splits, got %s", maxClasses-1, group(len(splits)))
	}
	names := make([]string, len(splits))
	for i, s := range splits {
		names[i] = s.Name
	}
	if len(splits) > 1 {
		if err := different("split", names); err != nil {
			return nil, err
		}
	}
	var out []*ranking
	for _, s := range splits {
		r, err := s.rank()
		switch {
		case err != nil:
		case r.positive == 0:
			err = r.none("positive")
		case both && r.negative == 0:
			err = r.none("negative")
		}
		if err != nil && s.Name != "" {
			err = fmt.Errorf("split %q: %w", s.Name, err)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// none is the error about a class without rows.
func (r *ranking) none(class string) error {
	if r.left > 0 {
		return fmt.Errorf("want some %s rows, got none (%s left out: no label or score)", class, plural(r.left, "row"))
	}
	return fmt.Errorf("want some %s rows, got none", class)
}

// rank sorts the rows by their scores. Each is a word: the bits of the score
// without the sign, which order as scores of one sign do, and last the label.
func (s Split) rank() (*ranking, error) {
	labels, err := truths(s.Labels)
	if err != nil {
		return nil, err
	}
	if err := sameLength(len(labels), len(s.Scores), "labels", "scores"); err != nil {
		return nil, err
	}
	words := make([]uint64, len(labels))
	low, high, positive := 0, len(words), 0
	for i, score := range s.Scores {
		poll(i)
		label := labels[i]
		if label < 0 || !finite(score) {
			continue
		}
		k := math.Float64bits(score + 0) // which makes both zeros one
		below := int64(k) >> 63          // all bits of a score below zero: those fill words from the front
		high -= 1 + int(below)
		words[high^(high^low)&int(below)] = (k^uint64(below))<<1 | uint64(label)
		low -= int(below)
		positive += int(label)
	}
	r := &ranking{split: s.Name, below: words[:low], above: words[high:], left: high - low}
	r.positive, r.negative = float64(positive), float64(low+len(r.above)-positive)
	spare := make([]uint64, max(low, len(r.above)))
	radix.Sort(r.below, spare)
	radix.Sort(r.above, spare)
	return r, nil
}

// down visits the thresholds, the first above all scores, then each score once,
// decreasing: at least at score tp positive and fp negative rows.
func (r *ranking) down(visit func(at, tp, fp float64)) {
	visit(math.Inf(1), 0, 0)
	tp, rows := 0, 0
	for _, half := range []struct {
		words []uint64
		sign  uint64 // turns the bits of a score back
	}{{r.above, 0}, {r.below, math.MaxUint64}} {
		for i, w := range slices.Backward(half.words) {
			poll(i)
			tp += int(w & 1)
			rows++
			if i > 0 && half.words[i-1]>>1 == w>>1 {
				continue // equal scores share their threshold
			}
			visit(math.Float64frombits(w>>1^half.sign), float64(tp), float64(rows-tp))
		}
	}
}

// A bend is a point of a line, of a threshold.
type bend struct{ x, y, at float64 }

// bends takes the points of a line one after another. It keeps those that are
// not in the middle of a straight line, and of many only those that stand apart.
type bends struct {
	budget, n int    // how many may be drawn, and how many there are
	all       []bend // as long as they are within the budget
	apart     []bend // those that are as far from the one before as step
	step      float64
	points    int  // that have come
	near      bool // the last one that was kept is not among those apart
	last      bend // that was kept
	next      bend // the point after it
}

func newBends(budget int) *bends {
	return &bends{budget: budget, step: 1 / float64(budget)}
}

// add takes the next point of the line.
func (c *bends) add(p bend) {
	c.points++
	switch {
	case c.points == 1:
		c.keep(p)
		return
	case c.points > 2:
		if k, q := c.last, c.next; (q.x-k.x)*(p.y-q.y) != (q.y-k.y)*(p.x-q.x) {
			c.keep(q)
		}
	}
	c.next = p
}

// keep takes a bend.
func (c *bends) keep(p bend) {
	c.last = p
	if c.n++; c.n <= c.budget {
		c.all = append(c.all, p)
	}
	if c.near = c.n > 1 && p.near(c.apart[len(c.apart)-1], c.step); !c.near {
		c.apart = append(c.apart, p)
	}
}

// near reports whether points are nearer than a distance in both directions.
func (p bend) near(q bend, apart float64) bool {
	return math.Abs(p.x-q.x) < apart && math.Abs(p.y-q.y) < apart
}

// thinned ends the line: the points to draw of it, the last one among them, and
// how many bends it has.
func (c *bends) thinned() (points []bend, total int) {
	if c.points > 1 {
		c.keep(c.next)
	}
	if c.n <= c.budget {
		return c.all, c.n
	}
	if points = c.apart; c.near {
		points = append(points, c.last)
	}
	for step := 1.5 * c.step; len(points) > c.budget; step *= 1.5 {
		points = spread(points, step)
	}
	return points, c.n
}

// spread leaves out points that are nearer than a distance to the one kept
// before, but for the last.
func spread(points []bend, apart float64) []bend {
	out := points[:1:1]
	for i, p := range points[1:] {
		if i == len(points)-2 || !p.near(out[len(out)-1], apart) {
			out = append(out, p)
		}
	}
	return out
}
