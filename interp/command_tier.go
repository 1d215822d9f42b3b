package interp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/internal/near"
)

// Tiers are the tiers there are.
var Tiers = []Tier{Auto, Interp, Native}

// states are what is said of a command beside its doc, by name: how what it
// sets stands.
var states = map[string]func(*Session) string{"tier": func(s *Session) string { return s.native.describe() }}

// ParseTier reads the name of a tier.
func ParseTier(name string) (Tier, error) {
	if t := Tier(name); slices.Contains(Tiers, t) {
		return t, nil
	}
	hint := ""
	if n := near.Name(name, slices.Values([]string{string(Auto), string(Interp), string(Native)})); n != "" {
		hint = fmt.Sprintf("; did you mean %s?", n)
	}
	return "", fmt.Errorf("there is no tier %q: want auto, interp or native%s", name, hint)
}

// runTier shows or sets how functions run.
func runTier(_ context.Context, c *Call) error {
	n := c.Session.native
	switch words := strings.Fields(c.Args); len(words) {
	case 0:
		c.print(n.describe())
		return nil
	case 1:
		t, err := ParseTier(words[0])
		if err != nil {
			return err
		}
		n.set(t)
		c.print(n.describe())
		return nil
	}
	return errors.New("wants one of auto, interp and native, or nothing")
}

// runInTier runs the cell's code in another tier than the session's.
func runInTier(tier Tier) func(context.Context, *Call) error {
	return func(ctx context.Context, c *Call) error {
		if !c.Cell {
			return fmt.Errorf("stands above a cell, as %%%%%s; %%tier %s is for all cells to come", c.name, tier)
		}
		n := c.Session.native
		if tier == Native {
			if err := n.start(); err != nil {
				c.print("interpreted here: " + err.Error())
			}
		}
		was := n.tier
		n.tier = tier
		defer func() {
			n.tier = was
			n.catchUp()
		}()
		return c.Run(ctx, "", c.Body)
	}
}

// set makes another tier the session's. What has been compiled is interpreted
// while the tier is interp.
func (n *native) set(t Tier) {
	n.mu.Lock()
	was := n.tier
	n.tier = t
	if (t == Interp) != (was == Interp) {
		for _, u := range n.units {
			if u.off = t == Interp; u.off {
				n.s.machine.Unbind(slices.Collect(maps.Values(u.source))...)
			} else {
				n.bindLocked(u)
			}
		}
	}
	n.mu.Unlock()
	n.packages.set(t)
	n.catchUp()
}

// describe says how functions run, and what became of those of each cell.
func (n *native) describe() string {
	var b strings.Builder
	switch {
	case n.tier == Interp:
		b.WriteString("tier interp: functions and loops are interpreted\n")
	case n.start() != nil:
		fmt.Fprintf(&b, "tier %s, but functions are interpreted: %v\n", n.tier, n.err)
	case n.tier == Auto:
		fmt.Fprintf(&b, "tier auto: by %s, functions are compiled behind their cells, and statements with loops before they run;\n"+
			"interpreted are loops of at most %s turns as written, and of at most %d calls of compiled functions\n",
			n.tc.Version(), grouped(shortLoop), fewCalls)
	default:
		fmt.Fprintf(&b, "tier native: functions, and statements with loops, are compiled before their cells run, by %s\n", n.tc.Version())
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.before > 0 {
		fmt.Fprintf(&b, "%s before these\n", count(n.before, "cell"))
	}
	for _, note := range n.history {
		b.WriteString(note.String() + "\n")
	}
	if n.busy || n.packages.atWork() {
		b.WriteString("at work on more\n")
	}
	return b.String()
}

// String says what became of a cell's functions.
func (n nativeNote) String() string {
	if n.text != "" {
		return plain(n.cell + ": " + n.text)
	}
	var parts []string
	if funcs := slices.DeleteFunc(slices.Clone(n.funcs), isForeign); len(n.funcs) > 0 {
		parts = append(parts, fmt.Sprintf("compiled %s in %v (%d KB)", cmp.Or(strings.Join(funcs, ", "), "calls of C"), n.took.Round(time.Millisecond), n.size>>10))
	}
	if len(n.left) > 0 {
		parts = append(parts, "interpreted: "+strings.Join(n.left, "; "))
	}
	if n.err != nil {
		parts = append(parts, "interpreted, because it could not be compiled: "+n.err.Error())
	}
	return plain(n.cell + ": " + strings.Join(parts, "; "))
}
