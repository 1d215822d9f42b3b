package show

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Text is a value that is shown as plain text, also where it is a table's or a
// picture's String.
func Text(s string) Bundle { return Plain(s) }

// HTML is a value that front ends show as HTML; elsewhere it is its text.
func HTML(s string) Bundle { return typed(MIMEHTML, s, s) }

// Markdown is a value that front ends show as Markdown.
func Markdown(s string) Bundle { return typed(MIMEMarkdown, s, s) }

// LaTeX is a formula, in display style. Text with formulas in it has delimiters,
// as in "of $x^2$" or \[…\], or environments, and stays as it is.
func LaTeX(s string) Bundle {
	math := s
	if !strings.ContainsAny(s, "$") && !strings.Contains(s, `\[`) && !strings.Contains(s, `\(`) && !strings.Contains(s, `\begin{`) {
		math = `$\displaystyle ` + s + "$"
	}
	return typed(MIMELaTeX, math, s)
}

// SVG is a picture as an SVG document. Text that is no XML, which browsers show
// as a broken picture, is shown as the error that encoding/xml gives.
func SVG(s string) Bundle {
	d := xml.NewDecoder(strings.NewReader(s))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // a Go string it is
	if err := d.Decode(new(struct{})); err != nil {
		return Plain("show.SVG: " + err.Error())
	}
	return typed(MIMESVG, s, fmt.Sprintf("SVG picture, %d bytes", len(s)))
}

// PNG is a picture as an encoded PNG file.
func PNG(data []byte) Bundle {
	return typed(MIMEPNG, data, fmt.Sprintf("PNG picture, %d bytes", len(data)))
}

// JPEG is a picture as an encoded JPEG file.
func JPEG(data []byte) Bundle {
	return typed(MIMEJPEG, data, fmt.Sprintf("JPEG picture, %d bytes", len(data)))
}

// Image is a picture, which is shown as PNG. Front ends put a ground behind one
// with transparent parts that could not be seen on their own. One that cannot
// be encoded is shown as the error that package png gives, a nil one as one line
// that says so.
func Image(img image.Image) Bundle {
	if v := reflect.ValueOf(img); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return Plain("show.Image: the image is nil")
	}
	var b bytes.Buffer
	r := img.Bounds()
	text := fmt.Sprintf("image %d×%d", r.Dx(), r.Dy())
	if err := png.Encode(&b, img); err != nil {
		return Plain(text + ": " + err.Error())
	}
	v := typed(MIMEPNG, b.Bytes(), text)
	if ground := groundFor(img); ground != "" {
		v.Metadata = map[string]any{"needs_background": ground}
	}
	return v
}

// groundFor tells what a picture wants behind it: "light", "dark", or nothing,
// if no part of it lets the ground through.
func groundFor(img image.Image) string {
	if o, ok := img.(interface{ Opaque() bool }); ok && o.Opaque() {
		return ""
	}
	const samples = 64 // each way
	var lightness, ink float64
	seen, r := false, img.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y += 1 + r.Dy()/samples {
		for x := r.Min.X; x < r.Max.X; x += 1 + r.Dx()/samples {
			red, green, blue, alpha := img.At(x, y).RGBA()
			lightness += 0.299*float64(red) + 0.587*float64(green) + 0.114*float64(blue)
			ink += float64(alpha)
			seen = seen || alpha < 0xffff
		}
	}
	switch {
	case !seen:
		return ""
	case lightness > 0.5*ink:
		return "dark"
	}
	return "light"
}

// JSON is a value that front ends show as a tree that can be folded. What
// encoding/json cannot express is shown as the error that it gives.
func JSON(v any) Bundle {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // people read it
	if err := e.Encode(v); err != nil {
		return Plain("show.JSON: " + err.Error())
	}
	data := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	return typed(MIMEJSON, json.RawMessage(data), string(data))
}

func typed(mime string, v any, text string) Bundle {
	return Bundle{Data: map[string]any{mime: v, MIMEText: text}}
}

// An Output is where the displays of this process go: a session connects its
// own; in a compiled program they are printed as text.
type Output interface {
	Display(d Display)
	Clear(wait bool)
	// Render makes a bundle of any value.
	Render(v any) Bundle
	// Input asks the person for a line, which a password hides.
	Input(prompt string, password bool) (string, error)
}

var output struct {
	sync.Mutex
	to Output
}

// Connect says where displays go from now on; nil prints them.
func Connect(to Output) {
	output.Lock()
	defer output.Unlock()
	output.to = to
}

// Connected reports whether a session takes the displays of this process, and
// can replace them. It is false in a program, also in one that sheaf exec runs.
func Connected() bool {
	switch to := connected().(type) {
	case printer:
		return false
	case interface{ Prints() bool }:
		return !to.Prints()
	}
	return true
}

func connected() Output {
	output.Lock()
	defer output.Unlock()
	if output.to == nil {
		return printer{}
	}
	return output.to
}

// Show displays values at once, in the middle of a cell; the last expression
// of a cell needs no Show.
func Show(values ...any) {
	to := connected()
	for _, v := range values {
		to.Display(Display{Bundle: to.Render(v)})
	}
}

// Render is what Show displays of a value.
func Render(v any) Bundle { return connected().Render(v) }

// Clear takes away what the cell has shown; with wait, when the next output
// comes, which does not flicker.
func Clear(wait bool) { connected().Clear(wait) }

// A Handle is a display that can be replaced.
type Handle struct{ id string }

// String names the display.
func (h *Handle) String() string { return "live display " + h.id }

var lastHandle atomic.Uint64

// Live displays a value that Update can replace later, also from another cell.
func Live(v any) *Handle {
	h := &Handle{id: "sheaf-" + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatUint(lastHandle.Add(1), 10)}
	to := connected()
	to.Display(Display{Bundle: to.Render(v), ID: h.id})
	return h
}

// Update replaces what the handle displays.
func (h *Handle) Update(v any) {
	to := connected()
	to.Display(Display{Bundle: to.Render(v), ID: h.id, Update: true})
}

// printer is the output of a compiled program.
type printer struct{}

// Display implements Output.
func (printer) Display(d Display) { fmt.Println(d.Bundle.PlainText()) }

// Clear implements Output.
func (printer) Clear(bool) {}

// Render implements Output.
func (printer) Render(v any) Bundle {
	switch v := v.(type) {
	case Bundle:
		return v
	case Displayer:
		return v.Display()
	}
	return Plain(fmt.Sprint(v))
}
