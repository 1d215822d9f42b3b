package cpu

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// A pooledCase is a convolution and a pooling of its result.
type pooledCase struct {
	conv ConvShape
	pool PoolShape
}

// of is a pooling of the result of a convolution.
func (p PoolShape) of(s ConvShape) pooledCase {
	p.N, p.H, p.W, p.C = s.N, s.OutH(), s.OutW(), s.K
	return pooledCase{s, p}
}

// pooledCases are poolings of all kinds of convolutions.
func pooledCases() (cases []pooledCase) {
	two := PoolShape{KH: 2, KW: 2, StrideH: 2, StrideW: 2}
	three := PoolShape{KH: 3, KW: 3, StrideH: 2, StrideW: 2, PadTop: 1, PadBottom: 1, PadLeft: 1, PadRight: 1}
	same := ConvShape{N: 1, H: 30, W: 30, C: 3, KH: 7, KW: 7, K: 40, StrideH: 2, StrideW: 2, PadTop: 3, PadBottom: 3, PadLeft: 3, PadRight: 3}
	deep := ConvShape{N: 3, H: 6, W: 6, C: 130, KH: 3, KW: 3, K: 70, PadTop: 1, PadBottom: 1, PadLeft: 1, PadRight: 1}
	tall := ConvShape{N: 1, H: 70, W: 20, C: 2, KH: 3, KW: 3, K: 33, PadTop: 1, PadBottom: 1}
	cases = []pooledCase{
		two.of(ConvShape{N: 2, H: 28, W: 28, C: 1, KH: 3, KW: 3, K: 32}), two.of(ConvShape{N: 3, H: 13, W: 13, C: 32, KH: 3, KW: 3, K: 64}),
		two.of(same), three.of(same), two.of(deep), three.of(deep), two.of(tall), three.of(tall),
		PoolShape{KH: 3, KW: 3, StrideH: 1, StrideW: 1, PadTop: 2, PadBottom: 2, PadLeft: 2, PadRight: 2}.of(tall),
		PoolShape{KH: 5, KW: 1, StrideH: 1, StrideW: 3, PadTop: 1, PadBottom: 4}.of(tall),
		PoolShape{KH: 6, KW: 6, StrideH: 1, StrideW: 1}.of(deep), PoolShape{KH: 1, KW: 2, StrideH: 4, StrideW: 5}.of(tall),
	}
	r := rand.New(rand.NewPCG(5, 6))
	for _, s := range convCases() {
		for tries := 0; tries < 20; tries++ {
			p := PoolShape{KH: 1 + r.IntN(4), KW: 1 + r.IntN(4), StrideH: 1 + r.IntN(4), StrideW: 1 + r.IntN(4)}
			p.PadTop, p.PadBottom, p.PadLeft, p.PadRight = r.IntN(p.KH), r.IntN(p.KH), r.IntN(p.KW), r.IntN(p.KW)
			if c := p.of(s); c.pool.Check() == nil {
				cases = append(cases, c)
				break
			}
		}
	}
	return cases
}

// checkPooled compares a PooledConv, bit for bit, with a convolution and the
// pooling of its result.
func checkPooled[T Float](t *testing.T, p *Pool, c pooledCase, e Epilogue[T], act Act, mean bool) {
	t.Helper()
	name := fmt.Sprintf("%+v %+v %v, mean %v, %v", c.conv, c.pool, e.Act, mean, act)
	x, w := values[T](c.conv.N*c.conv.H*c.conv.W*c.conv.C, 1), values[T](c.conv.KH*c.conv.KW*c.conv.C*c.conv.K, 2)
	full := make([]T, c.pool.N*c.pool.H*c.pool.W*c.pool.C)
	n := c.pool.N * c.pool.OutH() * c.pool.OutW() * c.pool.C
	want, wantAt := make([]T, n), make([]int32, n)
	plain := NewConv[T](c.conv).s
	newForward[T](plain).run(p, full, x, w, e)
	if mean {
		AvgPool(c.pool, want, full, 0, c.pool.N)
	} else {
		MaxPool(c.pool, want, wantAt, full, 0, c.pool.N)
	}
	Activate(act, 0.25, want, want)

	both := NewPooledConv[T](c.conv, c.pool, mean)
	for _, places := range []bool{false, true} {
		all, y := guarded(make([]T, n))
		var at []int32
		if places && !mean {
			at = make([]int32, n)
		}
		both.Run(p, y, at, x, w, e, act, 0.25)
		whole(t, name, all)
		for i := range y {
			if y[i] != want[i] || at != nil && at[i] != wantAt[i] {
				t.Fatalf("%s: value %d is %v, want %v", name, i, y[i], want[i])
			}
		}
	}
}

func TestPooledConv(t *testing.T) {
	acts := []Act{Linear, ReLU, Tanh}
	pools := []*Pool{nil, NewPool(2), NewPool(3), NewPool(16)}
	for _, p := range pools[1:] {
		defer p.Close()
	}
	levels(t, func(t *testing.T) {
		for i, c := range pooledCases() {
			e := Epilogue[float32]{Act: acts[i%len(acts)]}
			if i%2 == 0 {
				e.Bias = values[float32](c.conv.K, 9)
			}
			for _, p := range pools {
				checkPooled(t, p, c, e, acts[i/2%len(acts)], i%4 == 3)
			}
			checkPooled(t, pools[2], c, Epilogue[float64]{Act: e.Act}, acts[i/2%len(acts)], i%3 == 0)
		}
	})
}

func TestPooledConvAllocatesNothing(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	s := ConvShape{N: 2, H: 28, W: 28, C: 8, KH: 3, KW: 3, K: 40, PadTop: 1, PadBottom: 1, PadLeft: 1, PadRight: 1}
	c := PoolShape{KH: 3, KW: 3, StrideH: 2, StrideW: 2}.of(s)
	x, w, y := values[float32](s.N*s.H*s.W*s.C, 1), values[float32](9*s.C*s.K, 2), make([]float32, 2*13*13*40)
	at, both := make([]int32, len(y)), NewPooledConv[float32](s, c.pool, false)
	both.Run(p, y, at, x, w, Epilogue[float32]{}, ReLU, 0)
	if n := testing.AllocsPerRun(10, func() { both.Run(p, y, at, x, w, Epilogue[float32]{}, ReLU, 0) }); n != 0 {
		t.Errorf("%v allocations in a run", n)
	}
}

// BenchmarkPooledConv compares one step with two.
func BenchmarkPooledConv(b *testing.B) {
	two := PoolShape{KH: 2, KW: 2, StrideH: 2, StrideW: 2}
	three := PoolShape{KH: 3, KW: 3, StrideH: 2, StrideW: 2, PadTop: 1, PadLeft: 1, PadBottom: 1, PadRight: 1}
	for _, c := range []struct {
		name string
		pooledCase
	}{
		{"mnist1-b64", two.of(ConvShape{N: 64, H: 28, W: 28, C: 1, KH: 3, KW: 3, K: 32})},
		{"mnist2-b64", two.of(ConvShape{N: 64, H: 13, W: 13, C: 32, KH: 3, KW: 3, K: 64})},
		{"mnist1-b1", two.of(ConvShape{N: 1, H: 28, W: 28, C: 1, KH: 3, KW: 3, K: 32})},
		{"mnist2-b1", two.of(ConvShape{N: 1, H: 13, W: 13, C: 32, KH: 3, KW: 3, K: 64})},
		{"resnet-b1", three.of(ConvShape{N: 1, H: 224, W: 224, C: 3, KH: 7, KW: 7, K: 64, StrideH: 2, StrideW: 2, PadTop: 3, PadBottom: 3, PadLeft: 3, PadRight: 3})},
		{"vgg1-b1", two.of(ConvShape{N: 1, H: 224, W: 224, C: 64, KH: 3, KW: 3, K: 64, PadTop: 1, PadBottom: 1, PadLeft: 1, PadRight: 1})},
		{"vgg5-b4", two.of(ConvShape{N: 4, H: 14, W: 14, C: 512, KH: 3, KW: 3, K: 512, PadTop: 1, PadBottom: 1, PadLeft: 1, PadRight: 1})},
	} {
		s, q := c.conv, c.pool
		x, w := values[float32](s.N*s.H*s.W*s.C, 1), values[float32](s.KH*s.KW*s.C*s.K, 2)
		e := Epilogue[float32]{Bias: values[float32](s.K, 3)}
		full, y := make([]float32, q.N*q.H*q.W*q.C), make([]float32, q.N*q.OutH()*q.OutW()*q.C)
		conv, both := NewConv[float32](s), NewPooledConv[float32](s, q, false)
		for workers := 1; workers <= 2; workers++ {
			p := NewPool(workers)
			images := func(i int) { MaxPool(q, y, nil, full, i, i+1) }
			b.Run(fmt.Sprintf("%s/%d/two", c.name, workers), func(b *testing.B) {
				for b.Loop() {
					conv.Forward(p, full, x, w, e)
					p.Run(q.N, images)
					Activate(ReLU, 0, y, y)
				}
			})
			b.Run(fmt.Sprintf("%s/%d/one", c.name, workers), func(b *testing.B) {
				for b.Loop() {
					both.Run(p, y, nil, x, w, e, ReLU, 0)
				}
			})
			p.Close()
		}
	}
}
