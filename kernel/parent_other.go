//go:build !unix

package kernel

// watchParent does nothing: here Jupyter ends the process tree itself.
func (k *kernel) watchParent() {}
