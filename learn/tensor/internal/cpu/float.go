package cpu

// Float is an element type that the kernels compute with. float32 is the one
// they are fast in; float64 is the reference for checks of gradients.
type Float interface{ float32 | float64 }
