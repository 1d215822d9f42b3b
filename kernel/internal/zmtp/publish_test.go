package zmtp

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

func publisher(t *testing.T, o Options) *Socket {
	t.Helper()
	return listen(t, Pub, o, func(*Socket, [][]byte) { t.Error("a subscriber's message was handed on") })
}

// subscribed waits for a subscription that is registered.
func subscribed(t *testing.T, there <-chan string) {
	t.Helper()
	select {
	case <-there:
	case <-time.After(patience):
		t.Fatal("a subscription does not arrive")
	}
}

// Whoever is told of a subscription can rely on it.
func TestSubscribed(t *testing.T) {
	l, err := Listen(Pub, "tcp", "127.0.0.1:0", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.o.Subscribed = func(topic string) {
		l.Publish([][]byte{[]byte(topic), []byte("welcome")})
	}
	go l.Serve(nil)
	for i := range 50 {
		p := greeted(t, l.Addr().String(), "SUB", "")
		topic := strconv.Itoa(i)
		p.write(append([]byte{0, byte(1 + len(topic)), 1}, topic...))
		p.expect([]byte("\x01" + string(rune(len(topic))) + topic + "\x00\x07welcome"))
		p.write(append([]byte{0, byte(1 + len(topic)), 0}, topic...)) // unsubscribe
	}
}

func TestBadSubscribers(t *testing.T) {
	l := publisher(t, Options{})
	for name, b := range map[string][]byte{
		"not a subscription": {0, 1, 'x'},
		"empty":              {0, 0},
		"multipart":          {1, 1, 1, 0, 1, 1},
		"long":               append([]byte{2, 0, 0, 0, 0, 0, 0, 2, 0, 1}, make([]byte, 511)...),
	} {
		t.Run(name, func(t *testing.T) {
			p := greeted(t, l.Addr().String(), "SUB", "")
			p.write(b)
			p.closed()
		})
	}
	p := greeted(t, l.Addr().String(), "SUB", "")
	for i := range maxTopics + 1 {
		topic := fmt.Sprintf("%05d", i)
		p.write([]byte("\x00\x06\x01" + topic))
	}
	p.closed()
}

// A subscriber that does not read is dropped after a moment; one that reads
// loses nothing, however far the publisher runs ahead.
func TestSlowSubscriber(t *testing.T) { slowSubscriber(t) }

func slowSubscriber(t *testing.T) {
	t.Helper()
	const backlog = 1 << 20
	var drops atomic.Int32
	there := make(chan string, 2)
	l := publisher(t, Options{
		Backlog:    backlog,
		Silence:    2 * time.Second, // long enough for the good one to go on after a pause of the machine
		Subscribed: func(topic string) { there <- topic },
		Log:        func(string, ...any) { drops.Add(1) },
	})
	addr := l.Addr().String()
	stuck := greeted(t, addr, "SUB", "")
	stuck.write([]byte{0, 1, 1})
	good := zmq4.NewSub(context.Background())
	defer good.Close()
	if err := good.SetOption(zmq4.OptionSubscribe, ""); err != nil {
		t.Fatal(err)
	}
	if err := good.Dial("tcp://" + addr); err != nil {
		t.Fatal(err)
	}
	subscribed(t, there)
	subscribed(t, there)
	var most atomic.Int64 // that ever waited
	go func() {           // until the stuck one is gone
		body := make([]byte, 1000)
		for i := 0; i < 20_000 || drops.Load() == 0 && i < 1_000_000; i++ {
			l.Wait(context.Background())
			l.Publish([][]byte{[]byte(strconv.Itoa(i)), body})
			most.Store(max(most.Load(), l.waiting.Load()))
		}
		l.Publish([][]byte{[]byte("end")})
	}()
	for i := 0; ; i++ {
		m, err := good.Recv()
		if err == nil && string(m.Frames[0]) == "end" {
			break
		}
		if err != nil || string(m.Frames[0]) != strconv.Itoa(i) {
			t.Fatalf("message %d: %q, %v", i, m.Frames, err)
		}
	}
	stuck.closed()
	l.Flush(patience)
	if n := l.waiting.Load(); n != 0 {
		t.Errorf("%d bytes wait for nobody", n)
	}
	if m := most.Load(); m > 2*backlog+10_000 { // two peers
		t.Errorf("%d bytes were kept for a backlog of %d", m, backlog)
	}
	if drops.Load() != 1 {
		t.Errorf("%d peers were dropped, want the one that does not read", drops.Load())
	}
}

func TestFlush(t *testing.T) {
	there := make(chan string, 1)
	l := publisher(t, Options{Subscribed: func(topic string) { there <- topic }})
	p := greeted(t, l.Addr().String(), "SUB", "")
	p.write([]byte{0, 1, 1})
	subscribed(t, there)
	for range 100 {
		l.Publish([][]byte{[]byte("t"), make([]byte, 100)})
	}
	l.Flush(patience)
	l.Close()
	p.read(100 * (3 + 2 + 100)) // all of it, although the socket is closed
}
