// Package install puts Sheaf where Jupyter finds it: it writes the kernelspec,
// finds or makes a JupyterLab to open it in, and tells what works on this
// machine and what does not.
//
// It knows no kernel, no interpreter and no notebook: only files, processes
// and Python environments. Nothing here runs while a cell runs.
package install
