// Package clients finds or makes what tests run against and is not ours: a
// Python environment with jupyter_client, nbclient, jupyter_kernel_test and
// JupyterLab, a Chromium, playwright-core; and oracles, Python environments
// with the libraries that results are compared with.
//
// It is for tests and for the command provision; nothing that a user runs may
// depend on it. With CI set to "true" a client that cannot be had fails the
// test, else the test is skipped with the reason.
package clients
