package tensor

// Raw is the memory of the tensor as a slice of its element type, such as
// []float32: exactly its elements, without gaps, in the order of
// [Tensor.Layout]. It is shared, not copied, except for a Strided view, whose
// elements are copied out in row-major order.
func (t *Tensor) Raw() any {
	if t.data == nil {
		return []float64{}
	}
	if t.Layout() == Strided {
		s := t.data.pick(t.off, t.shape, t.strides)
		return s.raw(0, s.len())
	}
	n := t.Len()
	if n == 0 {
		return t.data.raw(0, 0)
	}
	return t.data.raw(t.off, t.off+n)
}

// Float64s is the elements in row-major order. A float64 tensor that lies so
// shares its memory; any other is copied and converted, true being 1.
func (t *Tensor) Float64s() []float64 {
	if s, ok := shared[float64](t); ok {
		return s
	}
	return t.data.floats(t.off, t.shape, t.strides)
}

// Float32s is the elements in row-major order, rounded to float32. A float32
// tensor that lies so shares its memory; any other is copied.
func (t *Tensor) Float32s() []float32 {
	if s, ok := shared[float32](t); ok {
		return s
	}
	return converted[float32](t)
}

// Int64s is the elements in row-major order, converted by the rules of
// [Tensor.Cast]. An int64 tensor that lies so shares its memory; any other is
// copied.
func (t *Tensor) Int64s() []int64 {
	if s, ok := shared[int64](t); ok {
		return s
	}
	return converted[int64](t)
}

// Bools is the elements in row-major order; a number is true unless it is 0. A
// bool tensor that lies so shares its memory; any other is copied.
func (t *Tensor) Bools() []bool {
	if t.data == nil {
		return []bool{}
	}
	if s, ok := t.data.(bools); ok && t.dense(RowMajor) {
		return s.raw(t.first(), t.first()+t.Len()).([]bool)
	}
	out := make([]bool, 0, t.Len())
	for _, v := range t.data.floats(t.off, t.shape, t.strides) {
		out = append(out, v != 0)
	}
	return out
}

// first is where the elements begin; a view without elements may begin
// outside the memory.
func (t *Tensor) first() int {
	if t.Len() == 0 {
		return 0
	}
	return t.off
}

func shared[T number](t *Tensor) ([]T, bool) {
	if t.data == nil {
		return []T{}, true
	}
	s, ok := t.data.(nums[T])
	if !ok || !t.dense(RowMajor) {
		return nil, false
	}
	return s.raw(t.first(), t.first()+t.Len()).([]T), true
}

func converted[D number](t *Tensor) []D {
	switch s := t.data.pick(t.off, t.shape, t.strides).(type) {
	case bools:
		out := make([]D, len(s))
		for i, b := range s {
			out[i] = unit[D](b)
		}
		return out
	case nums[int8]:
		return clampAll[D](s)
	case nums[int16]:
		return clampAll[D](s)
	case nums[int32]:
		return clampAll[D](s)
	case nums[int64]:
		return clampAll[D](s)
	case nums[uint8]:
		return clampAll[D](s)
	case nums[uint16]:
		return clampAll[D](s)
	case nums[uint32]:
		return clampAll[D](s)
	case nums[uint64]:
		return clampAll[D](s)
	case nums[float32]:
		return clampAll[D](s)
	case nums[float64]:
		return clampAll[D](s)
	case bf16s:
		return clampAll[D](s.float32s())
	}
	panic("tensor: a store of unknown type")
}

func clampAll[D, S number](src []S) []D {
	out := make([]D, len(src))
	for i, v := range src {
		out[i] = clamp[D](v)
	}
	return out
}

// Cast is the tensor with its elements converted to another type: the
// receiver itself if it has that type, else a row-major copy. A float becomes
// an integer by dropping its fraction; what the integer type cannot hold
// becomes its nearest value, NaN becomes 0, and bool means "not 0". What
// becomes a bfloat16 is rounded to float32 first, and then by [ToBF16].
func (t *Tensor) Cast(d DType) *Tensor {
	if t.err != nil || d == t.DType() {
		return t
	}
	if !d.Valid() {
		return t.failed("cast", "%v is not an element type", d)
	}
	if t.data == nil {
		return wrap(newStore(d, 0, false), RowMajor, []int{0})
	}
	return wrap(t.castStore(d), RowMajor, t.shape)
}

func (t *Tensor) castStore(d DType) store {
	switch d {
	case Bool:
		return bools(t.Bools())
	case Int8:
		return nums[int8](converted[int8](t))
	case Int16:
		return nums[int16](converted[int16](t))
	case Int32:
		return nums[int32](converted[int32](t))
	case Int64:
		return nums[int64](converted[int64](t))
	case Uint8:
		return nums[uint8](converted[uint8](t))
	case Uint16:
		return nums[uint16](converted[uint16](t))
	case Uint32:
		return nums[uint32](converted[uint32](t))
	case Uint64:
		return nums[uint64](converted[uint64](t))
	case Float32:
		return nums[float32](converted[float32](t))
	case BFloat16:
		return bf16sOf(t.Float32s())
	}
	return nums[float64](converted[float64](t))
}
