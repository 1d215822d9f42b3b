package show

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

// recorder is an output that writes down what comes.
type recorder struct {
	printer
	mu  sync.Mutex
	got []Display
}

func (r *recorder) Display(d Display) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, d)
}

// displays is what has come.
func (r *recorder) displays() []Display {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func TestShowAndLive(t *testing.T) {
	r := &recorder{}
	Connect(r)
	defer Connect(nil)
	Show(1, HTML("<b>x</b>"))
	h := Live("first")
	other := Live("other")
	h.Update("second")
	if len(r.got) != 5 {
		t.Fatalf("%d displays, want 5", len(r.got))
	}
	if r.got[0].Bundle.PlainText() != "1" || r.got[1].Bundle.Data[MIMEHTML] != "<b>x</b>" || r.got[0].ID != "" {
		t.Errorf("%+v", r.got[:2])
	}
	first, second := r.got[2], r.got[4]
	if first.ID == "" || first.Update || !second.Update || second.ID != first.ID || r.got[3].ID == first.ID {
		t.Errorf("%+v", r.got[2:])
	}
	_ = other
}

func TestConstructors(t *testing.T) {
	for mime, b := range map[string]Bundle{
		MIMEHTML: HTML("x"), MIMEMarkdown: Markdown("x"), MIMELaTeX: LaTeX("$x$"), MIMESVG: SVG("<svg/>"),
		MIMEPNG: PNG([]byte{1}), MIMEJPEG: JPEG([]byte{1}), MIMEJSON: JSON(map[string]int{"a": 1}),
	} {
		if b.Data[mime] == nil || b.PlainText() == "" || len(b.Data) != 2 {
			t.Errorf("%s: %v", mime, b.Data)
		}
	}
	if b := JSON("<b>"); b.PlainText() != `"<b>"` {
		t.Error(b.PlainText())
	}
	if b := JSON(math.NaN()); b.Data[MIMEJSON] != nil || b.PlainText() != "show.JSON: json: unsupported value: NaN" {
		t.Errorf("%v", b.Data)
	}
	if !(Bundle{}).Empty() || Plain("x").Empty() {
		t.Error("Empty is wrong")
	}
}

func TestError(t *testing.T) {
	var err error = &Error{Name: "panic", Value: "boom"}
	var e *Error
	if err.Error() != "panic: boom" || !errors.As(err, &e) || (&Error{Name: "interrupted"}).Error() != "interrupted" {
		t.Error(err)
	}
	if !reflect.DeepEqual(Plain("a"), Bundle{Data: map[string]any{"text/plain": "a"}}) {
		t.Error(Plain("a"))
	}
}

// Pictures that browsers could not show are shown as the reason.
func TestSVG(t *testing.T) {
	for _, good := range []string{
		`<svg xmlns="http://www.w3.org/2000/svg"/>`, "<?xml version='1.0' encoding='ISO-8859-1'?>\n<!DOCTYPE svg>\n<svg><g><text>ü &lt; <tspan/></text></g></svg>\n",
	} {
		if b := SVG(good); b.Data[MIMESVG] != good {
			t.Errorf("%s: %v", good, b.Data)
		}
	}
	for _, bad := range []string{"", "no picture", "<svg><g></svg>", "<svg>"} {
		if b := SVG(bad); len(b.Data) != 1 || !strings.HasPrefix(b.PlainText(), "show.SVG: ") {
			t.Errorf("%s: %v", bad, b.Data)
		}
	}
}

// A picture that lets the ground through asks for one that it stands out from.
func TestImageGround(t *testing.T) {
	ink := func(c color.Color, opaque bool) image.Image {
		img := image.NewNRGBA(image.Rect(0, 0, 300, 200))
		for i := range 300 * 200 {
			if opaque || i%7 == 0 {
				img.Set(i%300, i/300, c)
			}
		}
		return img
	}
	for name, c := range map[string]struct {
		img  image.Image
		want string
	}{
		"black ink": {ink(color.Black, false), "light"},
		"white ink": {ink(color.White, false), "dark"},
		"no ink":    {image.NewRGBA(image.Rect(0, 0, 3, 3)), "light"},
		"opaque":    {ink(color.Black, true), ""},
		"gray":      {image.NewGray(image.Rect(0, 0, 3, 3)), ""},
		"empty":     {image.NewRGBA(image.Rect(0, 0, 0, 0)), ""},
	} {
		if got := groundFor(c.img); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	b := Image(ink(color.Black, false))
	if got := fmt.Sprint(b.Metadata); got != "map[needs_background:light]" {
		t.Error(got)
	}
	if b := Image(ink(color.Black, true)); b.Metadata != nil {
		t.Error(b.Metadata)
	}
}

// A picture that is not there is said to be none, and no panic.
func TestNilImage(t *testing.T) {
	var none *image.Gray
	for _, img := range []image.Image{nil, none} {
		if got := Image(img).PlainText(); got != "show.Image: the image is nil" {
			t.Errorf("Image of nil is %q", got)
		}
	}
}
