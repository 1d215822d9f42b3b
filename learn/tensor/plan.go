package tensor

import (
	"fmt"
	"slices"
	"strings"
)

// A Plan is a graph made ready to run: a list of steps over buffers whose
// shapes and places are known. Steps that only look at one element at a time
// are one step where nothing else needs what is between them; a bias and an
// activation are part of the product or convolution before them, and a pooling
// of the convolution. It is printed by its String method, and run by a
// [Device].
type Plan struct {
	dtype   DType
	steps   []*step
	buffers []*buffer
	inputs  []*buffer
	outputs []operand
	checks  []check
	arena   int // elements of the graph's type in the buffers that share memory
	ints    int // int32 in them
}

// A step computes out from in.
type step struct {
	kind  kind
	attr  any
	scope string
	in    []operand
	out   []*buffer // the first, and extra results, nil where nobody wants them
	bias  *operand  // of a product or convolution
	act   activation
	pool  *pooling  // of a convolution
	elems *elements // of kindElements
}

// A pooling is what a step makes of a convolution before it goes to memory.
type pooling struct {
	kind  kind
	frame frame
	act   activation // of the result
}

// kindElements is a step that computes an expression for each element.
const kindElements kind = "elements"

// An operand is a buffer seen in a shape.
type operand struct {
	*buffer
	view []int
}

// A buffer is memory that steps read and write.
type buffer struct {
	name  string
	role  role
	shape []int
	ints  bool
	v     *Variable // of a variable
	value *Tensor   // of a constant
	fill  float64   // of a constant without value
	at    int       // its first element in the arena, if it is temporary
	first int       // the step that writes it, and the last that reads it
	last  int
}

type role uint8

const (
	temporary role = iota
	input
	variable
	constant
)

func (b *buffer) len() int { return product(b.shape) }

// A check is of int32 values that must number one of a count of things.
type check struct {
	of    *buffer
	limit int
	what  string
}

// forever is after the last step.
const forever = int(^uint(0) >> 1)

// Compile makes a plan that computes nodes and does all assignments and
// updates of the graph.
func (g *Graph) Compile(outputs ...*Node) (*Plan, error) {
	for _, n := range outputs {
		if g.err == nil && n.g != g {
			g.fail(fmt.Errorf("tensor: compile: an output is of another graph"))
		}
	}
	if g.err != nil {
		return nil, g.err
	}
	c := &compiler{g: g, p: &Plan{dtype: g.dtype}, live: map[*Node]bool{}, uses: map[*Node][]*Node{},
		pinned: map[*Node]bool{}, inlined: map[*Node]bool{}, merged: map[*Node][]*Node{}, buffers: map[*Node]*buffer{},
		extras: map[*Node][]*buffer{}}
	for _, n := range outputs {
		c.pin(n)
	}
	for _, u := range g.updates {
		c.visit(u)
		for _, n := range u.in {
			c.pinned[base(n)] = true
		}
	}
	c.countUses()
	c.merge()
	c.inline()
	c.emit()
	for _, n := range outputs {
		o := c.operand(n)
		o.last = forever
		c.p.outputs = append(c.p.outputs, o)
	}
	c.p.place()
	return c.p, nil
}

// DType is the type of the plan's numbers.
func (p *Plan) DType() DType { return p.dtype }

// Len is the number of steps.
func (p *Plan) Len() int { return len(p.steps) }

// Bytes is the memory that the plan wants beside its inputs and variables.
func (p *Plan) Bytes() int { return p.arena*p.dtype.Size() + 4*p.ints }

// String lists the steps: where each was built, what it computes, the shape of
// its result and of what goes in.
func (p *Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "plan of %v: %d steps, %d bytes\n", p.dtype, len(p.steps), p.Bytes())
	scope, text, out := 0, make([]string, len(p.steps)), make([]string, len(p.steps))
	for i, s := range p.steps {
		text[i], out[i] = s.text(), s.out[0].String()
		scope = max(scope, len(s.scope))
	}
	wide := 0
	for i := range out {
		wide = max(wide, len([]rune(out[i])))
	}
	for i, s := range p.steps {
		fmt.Fprintf(&b, "%4d  %-*s  %s%*s = %s\n", i, scope, s.scope, out[i], wide-len([]rune(out[i])), "", text[i])
	}
	return b.String()
}

// String names a buffer and its shape.
func (b *buffer) String() string { return b.name + shapeText(b.shape) }

func (o operand) text() string { return o.name + shapeText(o.view) }

// text is what a step computes.
func (s *step) text() string {
	if s.kind == kindElements {
		return s.elems.text(s.in)
	}
	var args []string
	for _, o := range s.in {
		args = append(args, o.text())
	}
	name := string(s.kind)
	switch a := s.attr.(type) {
	case matMul:
		name += strings.Repeat(" left turned", btoi(a.transA)) + strings.Repeat(" right turned", btoi(a.transB))
	case fmt.Stringer:
		name += " " + a.String()
	case Optimizer:
		name += " by " + a.Rule
	case dropout:
		name += fmt.Sprintf(" of %g", a.rate)
	}
	text := name + "(" + strings.Join(args, ", ") + ")"
	if s.bias != nil {
		text += " + " + s.bias.text()
	}
	text = s.act.text(text)
	if s.pool != nil {
		text = s.pool.act.text(fmt.Sprintf("%s %v(%s)", s.pool.kind, s.pool.frame, text))
	}
	return text
}

// text is the activation of what a text says.
func (a activation) text(of string) string {
	if a.act == 0 {
		return of
	}
	return a.act.String() + "(" + of + ")"
}

// A compiler makes a plan of a graph.
type compiler struct {
	g       *Graph
	p       *Plan
	live    map[*Node]bool
	uses    map[*Node][]*Node // who reads a node, once for each time
	pinned  map[*Node]bool    // is wanted as it is
	inlined map[*Node]bool    // is computed within the step of its one reader
	merged  map[*Node][]*Node // all nodes of a step that begins with a product or convolution, by each of them
	buffers map[*Node]*buffer
	extras  map[*Node][]*buffer
}

// base is what a node is another shape of.
func base(n *Node) *Node {
	for n.kind == kindReshape {
		n = n.in[0]
	}
	return n
}

func (c *compiler) pin(n *Node) {
	c.visit(n)
	c.pinned[base(n)] = true
}

// visit marks what a node depends on.
func (c *compiler) visit(n *Node) {
	if _, ok := known(n); ok || c.live[n] {
		return
	}
	c.live[n] = true
	for _, x := range n.in {
		c.visit(x)
	}
}

func (c *compiler) countUses() {
	for _, n := range c.g.nodes {
		if !c.live[n] || n.kind == kindReshape || n.kind == kindExtra {
			continue
		}
		for _, x := range n.in {
			c.uses[base(x)] = append(c.uses[base(x)], n)
		}
	}
}

// reader is the only reader of a node that nothing else wants.
func (c *compiler) reader(n *Node) *Node {
	if c.pinned[n] || len(c.uses[n]) != 1 {
		return nil
	}
	return c.uses[n][0]
}

// merge finds products and convolutions with their bias, activation and pooling.
func (c *compiler) merge() {
	for _, n := range c.g.nodes {
		if !c.live[n] || n.kind != kindMatMul && n.kind != kindConv {
			continue
		}
		nodes := []*Node{n}
		if r := c.reader(n); r != nil && biasOf(r, n) != nil {
			nodes = append(nodes, r)
		}
		nodes = c.withAct(nodes)
		if end := nodes[len(nodes)-1]; n.kind == kindConv {
			if r := c.reader(end); r != nil && r.in[0] == end && poolsConv(r, n) {
				nodes = c.withAct(append(nodes, r))
			}
		}
		if len(nodes) > 1 {
			for _, m := range nodes {
				c.merged[m] = nodes
			}
		}
	}
}

// withAct adds the activation of the last of some nodes, if nothing else reads
// that.
func (c *compiler) withAct(nodes []*Node) []*Node {
	end := nodes[len(nodes)-1]
	if r := c.reader(end); r != nil && r.kind == kindAct && r.in[0] == end && !r.attr.(activation).act.NeedsInput() {
		return append(nodes, r)
	}
	return nodes
}

// poolsConv reports whether a node is a pooling that is worth doing within the
// step of a convolution.
func poolsConv(n, conv *Node) bool {
	if n.kind != kindMaxPool && n.kind != kindAvgPool {
		return false
	}
	return conv.attr.(frame).convShape().Pools(n.attr.(frame).poolShape())
}

// biasOf is the vector that sum adds to each row of n.
func biasOf(sum, n *Node) *Node {
	if sum.kind != kindBinary || sum.attr != "add" {
		return nil
	}
	bias := sum.in[1]
	if bias == n {
		bias = sum.in[0]
	}
	if _, ok := known(bias); ok || bias == n || len(bias.shape) != 1 || bias.shape[0] != n.Dim(-1) {
		return nil
	}
	if sum.in[0] != n && sum.in[1] != n { // it is reshaped between
		return nil
	}
	return bias
}

// inline finds what is computed within the step of its reader.
func (c *compiler) inline() {
	for _, n := range c.g.nodes {
		if !c.live[n] || !c.isMap(n) || c.merged[n] != nil {
			continue
		}
		r := c.reader(n)
		if r != nil && c.isMap(r) && c.merged[r] == nil && slices.Equal(r.shape, n.shape) && slices.Contains(r.in, n) {
			c.inlined[n] = true
		}
	}
}

// isMap reports whether each element of a node follows from single elements.
func (c *compiler) isMap(n *Node) bool {
	switch n.kind {
	case kindUnary, kindBinary, kindSelect, kindAct, kindActGrad, kindCopy, kindFloats:
		return true
	}
	return false
}

// known is the number that all elements of a node are, if that is known.
func known(n *Node) (float64, bool) {
	for n.kind == kindCopy || n.kind == kindReshape {
		n = n.in[0]
	}
	if n.kind == kindConst {
		return n.attr.(float64), true
	}
	return 0, false
}

// emit makes the steps: first all that computes, then what changes variables.
func (c *compiler) emit() {
	for _, n := range c.g.nodes {
		if c.live[n] && n.kind == kindExtra {
			c.extra(n)
		}
	}
	for _, n := range c.g.nodes {
		if c.live[n] && n.kind != kindAssign && n.kind != kindUpdate {
			c.emitNode(n)
		}
	}
	for _, u := range c.g.updates {
		s := &step{kind: u.kind, attr: u.attr, scope: u.scope}
		for _, x := range u.in {
			s.in = append(s.in, c.operand(x))
		}
		s.out = []*buffer{s.in[0].buffer}
		c.add(s)
	}
}

func (c *compiler) emitNode(n *Node) {
	switch n.kind {
	case kindInput, kindVar, kindConst, kindArray, kindReshape, kindExtra:
		return
	}
	if nodes := c.merged[n]; nodes != nil {
		if nodes[len(nodes)-1] == n {
			c.emitMerged(nodes)
		}
		return
	}
	if c.inlined[n] {
		return
	}
	s := &step{kind: n.kind, attr: n.attr, scope: n.scope}
	if c.isMap(n) {
		s.kind = kindElements
		s.elems, s.in = c.elements(n)
	} else {
		for _, x := range n.in {
			s.in = append(s.in, c.operand(x))
		}
	}
	s.out = append([]*buffer{c.buffer(n)}, c.extras[n]...)
	c.check(n, s)
	c.add(s)
}

func (c *compiler) emitMerged(nodes []*Node) {
	core, end := nodes[0], nodes[len(nodes)-1]
	s := &step{kind: core.kind, attr: core.attr, scope: end.scope, out: []*buffer{nil}}
	for _, x := range core.in {
		s.in = append(s.in, c.operand(x))
	}
	for _, n := range nodes[1:] {
		switch n.kind {
		case kindBinary:
			bias := c.operand(biasOf(n, core))
			s.bias = &bias
		case kindAct:
			if s.pool != nil {
				s.pool.act = n.attr.(activation)
			} else {
				s.act = n.attr.(activation)
			}
		default:
			s.pool = &pooling{kind: n.kind, frame: n.attr.(frame)}
			s.out = append(s.out, c.extras[n]...)
		}
	}
	s.out[0] = c.buffer(end)
	c.add(s)
}

// check notes which int32 values a run has to look at.
func (c *compiler) check(n *Node, s *step) {
	switch n.kind {
	case kindSparseCE:
		c.p.checks = append(c.p.checks, check{s.in[1].buffer, n.in[0].Dim(-1), "class"})
	case kindOneHot:
		c.p.checks = append(c.p.checks, check{s.in[0].buffer, n.Dim(-1), "class"})
	case kindGather:
		c.p.checks = append(c.p.checks, check{s.in[1].buffer, n.in[0].shape[0], "row"})
	}
}

func (c *compiler) add(s *step) {
	at := len(c.p.steps)
	for _, o := range s.in {
		o.last = max(o.last, at)
	}
	if s.bias != nil {
		s.bias.last = max(s.bias.last, at)
	}
	for _, b := range s.out {
		if b != nil && b.role == temporary {
			b.first, b.last = at, max(b.last, at)
		}
	}
	c.p.steps = append(c.p.steps, s)
}

// operand is the memory of a node.
func (c *compiler) operand(n *Node) operand { return operand{c.buffer(n), n.shape} }

// buffer is the memory of a node, made when it is first asked for.
func (c *compiler) buffer(n *Node) *buffer {
	if x, ok := known(n); ok {
		return c.constant(n, x)
	}
	n = base(n)
	if n.kind == kindExtra {
		return c.extra(n)
	}
	if b := c.buffers[n]; b != nil {
		return b
	}
	b := &buffer{shape: n.shape, ints: n.ints}
	switch n.kind {
	case kindInput:
		b.role, b.name = input, n.attr.(string)
		c.p.inputs = append(c.p.inputs, b)
	case kindVar:
		b.role, b.v, b.name = variable, n.attr.(*Variable), n.attr.(*Variable).name
	case kindArray:
		b.role, b.value, b.name = constant, n.attr.(*Tensor), "constant"
	default:
		b.name = fmt.Sprintf("%%%d", len(c.p.buffers))
	}
	c.buffers[n] = b
	c.p.buffers = append(c.p.buffers, b)
	return b
}

func (c *compiler) constant(n *Node, x float64) *buffer {
	b := &buffer{role: constant, shape: n.shape, fill: x, name: fmt.Sprint(x)}
	c.p.buffers = append(c.p.buffers, b)
	return b
}

// extra is the memory of a further result, which the step of its node writes.
func (c *compiler) extra(n *Node) *buffer {
	of, i := n.in[0], n.attr.(int)
	for len(c.extras[of]) < i {
		c.extras[of] = append(c.extras[of], nil)
	}
	b := c.extras[of][i-1]
	if b == nil {
		b = &buffer{shape: n.shape, ints: n.ints, name: fmt.Sprintf("%%%d", len(c.p.buffers))}
		c.p.buffers = append(c.p.buffers, b)
		c.extras[of][i-1] = b
	}
	return b
}
