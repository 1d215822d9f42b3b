package plots_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/sheaf-go/sheaf/plots"
)

// kernels are random weights between layers of these sizes.
func kernels(sizes ...int) [][][]float64 {
	rng := rand.New(rand.NewPCG(12, 3))
	out := make([][][]float64, len(sizes)-1)
	for k := range out {
		for range sizes[k] {
			row := make([]float64, sizes[k+1])
			for j := range row {
				row[j] = rng.NormFloat64()
			}
			out[k] = append(out[k], row)
		}
	}
	return out
}

// residual is the graph of a block with a shortcut.
func residual() ([]string, [][2]int) {
	return []string{"x", "conv 1", "w1", "batch norm 1", "relu", "conv 2", "w2", "batch norm 2", "add", "relu out"},
		[][2]int{{0, 1}, {2, 1}, {1, 3}, {3, 4}, {4, 5}, {6, 5}, {5, 7}, {7, 8}, {0, 8}, {8, 9}}
}

// layered is a graph of several layers of nodes with random edges downward.
func layered(layers, width int) (nodes []string, edges [][2]int) {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range layers * width {
		nodes = append(nodes, fmt.Sprintf("op %d", i))
		if i < width {
			continue
		}
		for range 2 {
			edges = append(edges, [2]int{rng.IntN(i / width * width), i})
		}
	}
	return nodes, edges
}

func init() {
	gallery = append(gallery,
		sample{"network", func() *plots.Chart {
			return plots.Network([]int{3, 4, 2}, plots.Title("A small network"))
		}},
		sample{"network_large", func() *plots.Chart {
			return plots.Network([]int{784, 128, 12, 10}, plots.LayerNames("pixels", "dense", "a layer with a long name", "digit"), plots.Title("Digits"))
		}},
		sample{"network_deep", func() *plots.Chart {
			sizes := make([]int, 24)
			for k := range sizes {
				sizes[k] = 1 + int(10*math.Abs(math.Sin(float64(k))))
			}
			return plots.Network(sizes, plots.Theme("dark"))
		}},
		sample{"network_weights", func() *plots.Chart {
			return plots.NetworkWeights(kernels(4, 6, 3), plots.LayerNames("input", "hidden", "output"), plots.Title("Weights"))
		}},
		sample{"network_weights_print", func() *plots.Chart {
			return plots.NetworkWeights(kernels(2, 3, 1), plots.Theme("print"))
		}},
		sample{"graph", func() *plots.Chart {
			return plots.Graph([]string{"a", "b", "a + b"}, [][2]int{{0, 2}, {1, 2}}, plots.Title("An addition"))
		}},
		sample{"graph_residual", func() *plots.Chart {
			nodes, edges := residual()
			return plots.Graph(nodes, edges, plots.Title("A residual block"))
		}},
		sample{"graph_layers", func() *plots.Chart {
			nodes, edges := layered(6, 5)
			return plots.Graph(nodes, edges, plots.Theme("dark"))
		}},
		sample{"graph_large", func() *plots.Chart {
			nodes, edges := layered(10, 10)
			return plots.Graph(nodes, edges)
		}},
		sample{"graph_small_area", func() *plots.Chart {
			nodes, edges := residual()
			return plots.Graph(nodes, edges, plots.Width(160), plots.Height(220))
		}},
		sample{"graph_alone", func() *plots.Chart {
			return plots.Graph([]string{"one node with a name that is rather long, and 漢字", "another", "x"}, nil)
		}},
	)
}
