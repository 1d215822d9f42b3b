package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

type H struct{ slog.Handler }

func (h H) Handle(ctx context.Context, r slog.Record) error {
	if s := r.Source(); s != nil {
		fmt.Fprintln(&out, filepath.Base(s.File), s.Line, s.Function)
	}
	return h.Handler.Handle(ctx, r)
}

var out strings.Builder

type W struct{ *log.Logger }

type pr interface{ Println(...any) }

func helper(l *log.Logger, s string) { l.Output(2, s) }

func main() {
	rep := func(g []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		if s, ok := a.Value.Any().(*slog.Source); ok {
			s.File = filepath.Base(s.File)
		}
		return a
	}
	h := slog.NewTextHandler(&out, &slog.HandlerOptions{AddSource: true, ReplaceAttr: rep, Level: slog.LevelDebug})
	l := slog.New(h)
	l.Info("a", "k", 1)
	l.With("w", 2).WithGroup("g").Warn("b", slog.Int("i", 3))
	slog.SetDefault(slog.New(H{slog.NewJSONHandler(&out, &slog.HandlerOptions{AddSource: true, ReplaceAttr: rep})}))
	slog.Error("c", "e", os.ErrNotExist)
	slog.LogAttrs(context.Background(), slog.LevelInfo, "d", slog.Bool("x", true))
	log.Print("through")
	for _, fl := range []int{log.Lshortfile, log.Lshortfile | log.Lmsgprefix, 0, log.Lmsgprefix} {
		x := log.New(&out, "pre ", fl)
		x.Print("one", 2, 3)
		x.Printf("two %d", 2)
		x.Println("three", 3)
		helper(x, "four")
		W{x}.Println("five")
		pr(x).Println("six")
		pr(W{x}).Println("seven")
		defer x.Println("deferred")
		func() {
			defer func() { fmt.Fprintln(&out, "rec", recover().(string)) }()
			x.Panicf("p%d", 1)
		}()
		func() { x.Print("closure") }()
	}
	fmt.Print(out.String())
}

/* Output:
level=INFO source=logplaces.go:42 msg=a k=1
level=WARN source=logplaces.go:43 msg=b w=2 g.i=3
logplaces.go 45 main.main
{"level":"ERROR","source":{"function":"main.main","file":"logplaces.go","line":45},"msg":"c","e":"file does not exist"}
logplaces.go 46 main.main
{"level":"INFO","source":{"function":"main.main","file":"logplaces.go","line":46},"msg":"d","x":true}
{"level":"INFO","source":{"file":"."},"msg":"through"}
pre logplaces.go:50: one2 3
pre logplaces.go:51: two 2
pre logplaces.go:52: three 3
pre logplaces.go:53: four
pre logplaces.go:54: five
pre logplaces.go:55: six
pre logplaces.go:56: seven
pre logplaces.go:60: p1
rec p1
pre logplaces.go:62: closure
logplaces.go:50: pre one2 3
logplaces.go:51: pre two 2
logplaces.go:52: pre three 3
logplaces.go:53: pre four
logplaces.go:54: pre five
logplaces.go:55: pre six
logplaces.go:56: pre seven
logplaces.go:60: pre p1
rec p1
logplaces.go:62: pre closure
pre one2 3
pre two 2
pre three 3
pre four
pre five
pre six
pre seven
pre p1
rec p1
pre closure
pre one2 3
pre two 2
pre three 3
pre four
pre five
pre six
pre seven
pre p1
rec p1
pre closure
*/
