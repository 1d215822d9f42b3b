package learn

import (
	"context"
	"fmt"
	"reflect"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// caller is a model that has been checked against the inputs.
type caller struct {
	f         reflect.Value
	typ       reflect.Type
	ctx       bool // the first parameter is a context
	hasResult bool
	hasErr    bool
	fast      func(args []any) (any, error)
}

var (
	ctxType = reflect.TypeFor[context.Context]()
	errType = reflect.TypeFor[error]()
)

// adapt checks that a model can take the inputs and, for Learn, gives a
// result.
func adapt(v verb, model any, ins []Input) (caller, error) {
	f := reflect.ValueOf(model)
	if !f.IsValid() {
		return caller{}, v.fail(ErrModel, "the model is nil")
	}
	if f.Kind() != reflect.Func {
		if f.Kind() == reflect.Pointer && f.IsNil() {
			return caller{}, v.fail(ErrModel, "the model is a nil %T", model)
		}
		m := f.MethodByName(v.method)
		if !m.IsValid() {
			return caller{}, v.fail(ErrModel, "the model is a %T; want a function, or a value with a method %s", model, v.method)
		}
		f = m
	}
	if f.IsNil() {
		return caller{}, v.fail(ErrModel, "the model is a nil function")
	}
	c := caller{f: f, typ: f.Type()}
	if err := c.checkParams(v, ins); err != nil {
		return caller{}, err
	}
	if err := c.checkResults(v); err != nil {
		return caller{}, err
	}
	c.fast = fastPath(f.Interface())
	return c, nil
}

func (c *caller) checkParams(v verb, ins []Input) error {
	t := c.typ
	first := 0
	if t.NumIn() > 0 && t.In(0) == ctxType && (!t.IsVariadic() || t.NumIn() > 1) {
		c.ctx, first = true, 1
	}
	want := t.NumIn() - first
	switch {
	case t.IsVariadic() && len(ins) < want-1:
		return v.fail(ErrModel, "the model, %v, takes at least %s; got %s", t, count(want-1, "argument"), count(len(ins), "input"))
	case !t.IsVariadic() && len(ins) != want:
		return v.fail(ErrModel, "the model, %v, takes %s; got %s, and each is one argument", t, count(want, "argument"), count(len(ins), "input"))
	}
	for i, in := range ins {
		if got := in.spec.Type(); got != nil && !got.AssignableTo(c.param(first+i)) {
			return v.fail(ErrModel, "argument %d of the model, %v, is %v; input %v gives %v", i, t, c.param(first+i), in, got)
		}
	}
	return nil
}

// param is the type of argument i, seeing through a variadic last one.
func (c *caller) param(i int) reflect.Type {
	if last := c.typ.NumIn() - 1; c.typ.IsVariadic() && i >= last {
		return c.typ.In(last).Elem()
	}
	return c.typ.In(i)
}

func (c *caller) checkResults(v verb) error {
	t := c.typ
	n := t.NumOut()
	c.hasErr = n > 0 && t.Out(n-1) == errType
	if c.hasErr {
		n--
	}
	c.hasResult = n == 1
	switch {
	case n > 1:
		return v.fail(ErrModel, "the model, %v, gives %d results; want one, or one and an error", t, n)
	case v == learning && n == 0:
		return fail(ErrModel, "the model, %v, gives no result to scatter; want one, or use learn.Train", t)
	}
	return nil
}

func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what + "s"
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// fastPath calls the usual signatures without reflection; nil for others.
func fastPath(f any) func([]any) (any, error) {
	arg := func(a any) *tensor.Tensor {
		t, _ := a.(*tensor.Tensor) // nil where gather.Func gave nil
		return t
	}
	switch f := f.(type) {
	case func(*tensor.Tensor) *tensor.Tensor:
		return func(a []any) (any, error) { return f(arg(a[0])), nil }
	case func(*tensor.Tensor) (*tensor.Tensor, error):
		return func(a []any) (any, error) { return f(arg(a[0])) }
	case func(*tensor.Tensor, *tensor.Tensor) error:
		return func(a []any) (any, error) { return nil, f(arg(a[0]), arg(a[1])) }
	}
	return nil
}

// call runs the model; its panic becomes an error.
func (c *caller) call(ctx context.Context, args []any) (result any, err error) {
	for i, a := range args {
		if err := c.checkArg(i, a); err != nil {
			return nil, err
		}
	}
	defer func() {
		p := recover()
		if interrupt.Fatal(p) {
			panic(p)
		}
		switch p := p.(type) {
		case nil:
		case error:
			result, err = nil, &failure{ErrPanic, fmt.Errorf("panicked: %w", p)}
		default:
			result, err = nil, &failure{ErrPanic, fmt.Errorf("panicked: %v", p)}
		}
	}()
	if c.fast != nil {
		return c.fast(args)
	}
	return c.reflected(ctx, args)
}

// checkArg looks at arguments whose type only gathering them could tell.
func (c *caller) checkArg(i int, a any) error {
	want := c.param(i)
	if c.ctx {
		want = c.param(i + 1)
	}
	if a == nil {
		switch want.Kind() {
		case reflect.Interface, reflect.Pointer, reflect.Slice, reflect.Map, reflect.Func, reflect.Chan:
			return nil
		}
		return &failure{ErrModel, fmt.Errorf("argument %d is %v; gather.Func gave nil", i, want)}
	}
	if got := reflect.TypeOf(a); !got.AssignableTo(want) {
		return &failure{ErrModel, fmt.Errorf("argument %d is %v; gather.Func gave %v", i, want, got)}
	}
	if t, ok := a.(*tensor.Tensor); ok && t != nil && t.Err() != nil {
		return t.Err()
	}
	return nil
}

func (c *caller) reflected(ctx context.Context, args []any) (any, error) {
	in := make([]reflect.Value, 0, len(args)+1)
	if c.ctx {
		in = append(in, reflect.ValueOf(ctx))
	}
	for _, a := range args {
		v := reflect.ValueOf(a)
		if a == nil {
			v = reflect.Zero(c.param(len(in)))
		}
		in = append(in, v)
	}
	out := c.f.Call(in)
	if c.hasErr {
		if err, _ := out[len(out)-1].Interface().(error); err != nil {
			return nil, err
		}
	}
	if c.hasResult {
		return out[0].Interface(), nil
	}
	return nil, nil
}
