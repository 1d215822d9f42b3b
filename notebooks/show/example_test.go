package show_test

import (
	"fmt"
	"image"
	"image/color"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// In a program, as here, displays are printed as text.

func ExampleShow() {
	show.Show("in the middle", 42)
	// Output:
	// in the middle
	// 42
}

func ExampleRender() {
	b := show.Render(show.HTML("<b>42</b>"))
	fmt.Println(b.Data[show.MIMEHTML], b.PlainText())
	// Output: <b>42</b> <b>42</b>
}

func ExampleLive() {
	h := show.Live("0 %")
	h.Update("100 %")
	// Output:
	// 0 %
	// 100 %
}

func ExampleHTML() {
	show.Show(show.HTML("<b>bold</b>"))
	// Output: <b>bold</b>
}

func ExampleMarkdown() {
	show.Show(show.Markdown("| n | n² |\n|---|---|\n| 3 | 9 |"))
	// Output:
	// | n | n² |
	// |---|---|
	// | 3 | 9 |
}

func ExampleLaTeX() {
	show.Show(show.LaTeX(`\hat\beta = (X^\top X)^{-1} X^\top y`))
	// Output: \hat\beta = (X^\top X)^{-1} X^\top y
}

func ExampleText() {
	show.Show(show.Text("<b>as it stands</b>"))
	// Output: <b>as it stands</b>
}

func ExampleJSON() {
	show.Show(show.JSON(map[string]any{"epochs": 3, "loss": []float64{0.9, 0.5}}))
	// Output: {"epochs":3,"loss":[0.9,0.5]}
}

func ExampleImage() {
	m := image.NewGray(image.Rect(0, 0, 64, 48))
	for x := range 64 {
		for y := range 48 {
			m.SetGray(x, y, color.Gray{Y: uint8(4 * x)})
		}
	}
	show.Show(show.Image(m))
	// Output: image 64×48
}

func ExampleTable() {
	type point struct{ X, Y float64 }
	show.Show(show.Table([]point{{1, 2}, {3, 4.5}}))
	// Output:
	// 2 × 2
	//       X        Y
	// float64  float64
	// ───────  ───────
	//     1.0      2.0
	//     3.0      4.5
}

// Whoever has forms of their own gives them by MIME type; the text is for
// terminals.
func ExampleBundle() {
	show.Show(show.Bundle{Data: map[string]any{
		"text/plain":                "a map of Jena",
		"application/geo+json":      map[string]any{"type": "Point", "coordinates": []float64{11.59, 50.93}},
		"application/vnd.my.viewer": "…",
	}})
	// Output: a map of Jena
}

// The bar is drawn on standard error, where it gives way to results.
func ExampleProgress() {
	bar := show.Progress(3)
	sum := 0
	for i := range 3 {
		sum += i
		bar.Add(1)
	}
	fmt.Println(sum)
	// Output: 3
}

func ExampleCount() {
	sum := 0
	for i := range show.Count(4) {
		sum += i
	}
	fmt.Println(sum)
	// Output: 6
}

func ExampleEach() {
	for i, name := range show.Each([]string{"setosa", "virginica"}) {
		fmt.Println(i, name)
	}
	// Output:
	// 0 setosa
	// 1 virginica
}
