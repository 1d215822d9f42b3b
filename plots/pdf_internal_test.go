package plots

import (
	"bytes"
	"compress/zlib"
	"io"
	"strings"
	"testing"
)

// What is light by its opacity has the colour of its class in a PDF, too.
func TestOpacityInPDF(t *testing.T) {
	const blue = "0.000 0.447 0.698 rg" // #0072b2
	b, err := pdf(HistogramX([]float64{1, 2, 2, 3}, Opacity(0.25)).fig.sheet())
	if err != nil {
		t.Fatal(err)
	}
	page := pageOf(t, b)
	if !strings.Contains(page, blue) {
		t.Errorf("no fill of %s", blue)
	}
	if dark := "0.000 0.109 0.173 rg"; strings.Contains(page, dark) || strings.Contains(page, "0.000 0.110 0.173 rg") {
		t.Errorf("a fill of %s, which is %s multiplied by its opacity", dark, blue)
	}
	if !strings.Contains(string(b), "/ca 0.25") {
		t.Error("no opacity of 0.25")
	}
}

// pageOf is the drawing commands of a PDF.
func pageOf(t *testing.T, pdf []byte) string {
	t.Helper()
	_, rest, ok := bytes.Cut(pdf, []byte("stream\n"))
	if !ok {
		t.Fatal("the PDF has no page")
	}
	r, err := zlib.NewReader(bytes.NewReader(rest))
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
