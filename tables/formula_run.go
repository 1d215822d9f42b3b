package tables

import (
	"fmt"
	"math"
	"runtime"
	"time"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

var nan = math.NaN()

// parallelRows is how many rows make a second goroutine worth its while; tests
// set it low.
var parallelRows = 1 << 18

// newCompiler is a compiler over columns that are all n rows long.
func newCompiler(src string, cols []*Col, n int) *compiler {
	c := &compiler{src: src, cols: cols, n: n, index: make(map[string]int, len(cols)), scope: currentScope(),
		whole: &wholeCalls{done: map[int]*Col{}, now: time.Now()}}
	for i, col := range cols {
		c.index[col.name] = i
	}
	c.words = c.newWordwise()
	return c
}

// parts is how many goroutines share the rows, which are many; one if a formula
// calls functions of the session, since an interpreter runs them.
func (c *compiler) parts() int {
	if c.user || c.n < parallelRows {
		return 1
	}
	return runtime.GOMAXPROCS(0)
}

// run hands so many ranges of rows to work, one for each goroutine, with nodes of
// its own: first for one of them, and what again makes for the others.
func (c *compiler) run(parts int, first []node, again func() ([]node, error), work func(part int, nodes []node, lo, hi int)) error {
	step := (c.n/parts/chunkRows + 1) * chunkRows
	errs := make([]error, parts)
	one := func(part int, nodes []node) {
		defer func() { errs[part] = c.evalFailed(recover()) }()
		work(part, nodes, min(part*step, c.n), min((part+1)*step, c.n))
	}
	each := [][]node{first}
	for range parts - 1 {
		nodes, err := again()
		if err != nil {
			return err
		}
		each = append(each, nodes)
	}
	interrupt.Together(parts, func(part int) { one(part, each[part]) })
	for _, err := range errs { // parts may fail for the same reason
		if err != nil {
			return err
		}
	}
	return nil
}

// evalFailed is the error of an evaluation that ended by p; other panics go on.
func (c *compiler) evalFailed(p any) error {
	switch p := p.(type) {
	case nil:
		return nil
	case evalError:
		src := c.src
		if p.src != "" {
			src = p.src
		}
		return &FormulaError{Formula: src, Offset: p.pos, Message: p.msg, cause: p.cause}
	default:
		panic(p)
	}
}

// asColumn evaluates an expression into a new column.
func (c *compiler) asColumn(name string, e expr) (*Col, error) {
	n, err := c.guardedCompile(e)
	if err != nil {
		return nil, err
	}
	if col, ok := n.(*colNode); ok { // a copy of a column shares its memory
		out := col.col.renamed(name)
		return &out, nil
	}
	if w, ok := n.(*wordNode); ok && n.typ() == String {
		return w.text(name), nil
	}
	if n.typ() == 0 || n.typ().IsVector() {
		_, err := c.value(e)
		return nil, err
	}
	out := newOutput(n.typ(), c.n)
	parts := c.parts() // once, as GOMAXPROCS may change
	out.parts(parts)
	again := func() ([]node, error) {
		own := *c
		n, err := own.compile(e)
		return []node{n}, err
	}
	err = c.run(parts, []node{n}, again, func(part int, nodes []node, lo, hi int) {
		for ; lo < hi; lo += chunkRows {
			interrupt.Check()
			k := min(chunkRows, hi-lo)
			out.receive(nodes[0], lo, k)
			out.put(part, lo, k, nodes[0].eval(lo, k))
		}
	})
	if err != nil {
		return nil, err
	}
	return out.col(name), nil
}

// guardedCompile compiles; folding of constants evaluates, and may fail so.
func (c *compiler) guardedCompile(e expr) (n node, err error) {
	defer func() {
		if failed := c.evalFailed(recover()); failed != nil {
			err = failed
		}
	}()
	return c.compile(e)
}

func typeText(t Type) string {
	if t == 0 {
		return "null"
	}
	return fmt.Sprint(t)
}
