package linkname_test

import (
	"encoding/json"
	"errors"
	gotypes "go/types"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// This file is compiled twice: into the test, and by it, for the names of the
// types.

type (
	plain struct {
		A int `k:"a;\"b\" }"`
		B []*plain
		_ [3]int16
	}
	loud    struct{ *plain }
	word    string
	shouter interface {
		Shout(word, ...*loud) (int, error)
		quiet(func(word) <-chan word)
	}
	list[T any] struct {
		Head T
		tail *list[T]
	}
	Pair[K comparable, V any] struct {
		Key K
		Val V
	}
	Größe  float64
	Alias  = plain
	Nearby = *plain
)

func (loud) Shout(w word, _ ...*loud) (int, error) { return len(w), nil }
func (*loud) quiet(func(word) <-chan word)         {}
func (w word) Error() string                       { return string(w) }
func (l *list[T]) Next() *list[T]                  { return l.tail }

// twins returns one value for each type, the types told apart by the length of
// the array around them.
func twins() []any {
	return []any{
		(*[1000]int)(nil), (*[1001]error)(nil), (*[1002]any)(nil), (*[1003]uint8)(nil), (*[1004]rune)(nil),
		(*[1005]plain)(nil), (*[1006]*plain)(nil), (*[1007]loud)(nil), (*[1008]word)(nil), (*[1009]shouter)(nil),
		(*[1010]list[int])(nil), (*[1011]list[*plain])(nil), (*[1012]Pair[string, list[map[word]Größe]])(nil), (*[1013]Größe)(nil),
		(*[1014]list[struct {
			A int `x:"y"`
			b word
		}])(nil),
		(*[1015]Pair[word, arrow.Array])(nil), (*[1016]list[func(int, ...string) error])(nil),
		(*[1017]map[string]plain)(nil), (*[1018]map[plain2]int)(nil), (*[1019][]Alias)(nil), (*[1020]Nearby)(nil),
		(*[1021]chan<- int)(nil), (*[1022]<-chan plain)(nil), (*[1023]chan (<-chan int))(nil), (*[1024]chan<- <-chan int)(nil), (*[1025]<-chan (<-chan int))(nil),
		(*[1026]func(int, ...string) (plain, error))(nil), (*[1027]func())(nil), (*[1028]func(...any) func(int) string)(nil),
		(*[1029]struct{})(nil),
		(*[1030]struct {
			A int `k:"a\"\t;"`
			b string
		})(nil),
		(*[1031]struct {
			F func() `x:"y"`
			G func() (int, int)
			h func(int) *plain
		})(nil),
		(*[1032]time.Time)(nil), (*[1033]*http.Request)(nil), (*[1034]http.HandlerFunc)(nil), (*[1035]map[string]json.RawMessage)(nil),
		(*[1036]arrow.DataType)(nil), (*[1037]*array.Int64Builder)(nil), (*[1038]map[arrow.Type][]arrow.Field)(nil), (*[1039]arrow.Record)(nil),
		(*[1040]atomic.Pointer[http.Response])(nil), (*[1041]atomic.Pointer[plain])(nil), (*[1042]gotypes.Object)(nil), (*[1043]*gotypes.Named)(nil),
		(*[1044]io.ReadWriteCloser)(nil), (*[1045]http.Handler)(nil), (*[1046]http.ConnState)(nil), (*[1047][0]time.Duration)(nil),
		(*[1048]struct{ _ int })(nil), (*[1049]map[[2]word]map[bool]complex64)(nil), (*[1050]uintptr)(nil), (*[1051][4][5]float32)(nil),
	}
}

type plain2 struct {
	A, B int
	_    string
}

// tables needs tables of interfaces that no other source has.
func tables(w word, l loud, p *loud, t *time.Time) (error, shouter, interface {
	Shout(word, ...*loud) (int, error)
}, json.Marshaler, interface{ Next() *list[int] }, error) {
	return w, p, l, t, &list[int]{}, errors.New("inlined")
}
