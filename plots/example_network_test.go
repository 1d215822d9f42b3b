package plots_test

import (
	"fmt"
	"image"
	"image/color"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

func ExampleNetwork() {
	fmt.Println(plots.Network([]int{3, 4, 2}))
	fmt.Println(plots.Network([]int{784}))
	// Output:
	// network chart, 9 units; 3 – 4 – 2 units, 20 connections
	// plots: network: want the sizes of 2 to 24 layers, got 1
}

func ExampleNetworkWeights() {
	fmt.Println(plots.NetworkWeights([][][]float64{
		{{0.5, -1.2}, {0.1, 0.9}}, // from two inputs to two units
		{{2}, {-0.3}},             // from these to one
	}))
	// Output: network chart, 6 connections + 5 units in 3 series; 2 – 2 – 1 units, 6 connections
}

func ExampleLayerNames() {
	fmt.Println(plots.Network([]int{784, 128, 10}, plots.LayerNames("pixels", "hidden", "digit"), plots.Title("MNIST")))
	// Output: network chart "MNIST", 34 units; 784 – 128 – 10 units, 101,632 connections
}

func ExampleGraph() {
	fmt.Println(plots.Graph([]string{"a", "b", "add"}, [][2]int{{0, 2}, {1, 2}}))
	fmt.Println(plots.Graph([]string{"a", "b"}, [][2]int{{0, 1}, {1, 0}}))
	// Output:
	// graph chart, 3 nodes
	// plots: graph: the edges make a cycle: a → b → a
}

// stripe is a picture of 8×8 pixels with a stripe.
func stripe(upright bool) image.Image {
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range 8 {
		if upright {
			img.SetGray(4, i, color.Gray{255})
		} else {
			img.SetGray(i, 4, color.Gray{255})
		}
	}
	return img
}

func ExampleImages() {
	t := tables.New(tables.Images("picture", stripe(true), stripe(false), stripe(true)), tables.Strings("is", "|", "-", "|"))
	fmt.Println(plots.Images(t, "picture"))
	fmt.Println(plots.Images(t, "is"))
	// Output:
	// images: 3 pictures
	// plots: images: column "is" is string; want images
}

func ExampleImagesOf() {
	fmt.Println(plots.ImagesOf([]image.Image{stripe(true), stripe(false)}, []string{"upright", "flat"}, plots.TileSize(64)))
	// Output: images: 2 pictures
}

func ExampleLabel() {
	t := tables.New(tables.Images("picture", stripe(true), stripe(false)), tables.Strings("stripe", "upright", "flat"))
	fmt.Println(plots.Images(t, "picture", plots.Label("stripe"), plots.Title("Stripes")))
	// Output: images "Stripes": 2 pictures
}

func ExamplePredicted() {
	t := tables.New(
		tables.Images("picture", stripe(true), stripe(false), stripe(true)),
		tables.Strings("stripe", "upright", "flat", "upright"),
		tables.Strings("model", "upright", "flat", "flat"),
	)
	fmt.Println(plots.Images(t, "picture", plots.Label("stripe"), plots.Predicted("model")))
	// Output: images: 3 pictures; 2 of 3 predictions right
}

func ExampleTileSize() {
	fmt.Println(plots.ImagesOf([]image.Image{stripe(true)}, nil, plots.TileSize(4)))
	// Output: plots: images: TileSize: want 16 to 512 pixels, got 4
}

func ExampleImageGrid_Save() {
	err := plots.ImagesOf([]image.Image{stripe(true)}, nil).Save("stripe.gif")
	fmt.Println(err)
	// Output: plots: save: want a name ending in .png, got "stripe.gif"
}

func ExampleImageGrid_Err() {
	fmt.Println(plots.ImagesOf(nil, nil).Err())
	// Output: plots: images: no pictures to draw
}

func ExampleImageGrid_String() {
	fmt.Println(plots.ImagesOf([]image.Image{stripe(true)}, nil, plots.Title("One stripe")).String())
	// Output: images "One stripe": 1 picture
}

func ExampleImageGrid_Display() {
	b := plots.ImagesOf([]image.Image{stripe(true), stripe(false)}, nil, plots.TileSize(50)).Display()
	fmt.Println(b.PlainText())
	fmt.Println(b.Metadata)
	// Output:
	// images: 2 pictures
	// map[image/png:map[height:68 width:220]]
}
