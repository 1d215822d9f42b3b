// Package clients finds or makes the real Jupyter clients that tests run
// against: a Python environment with jupyter_client, nbclient,
// jupyter_kernel_test and JupyterLab, a Chromium, and playwright-core.
//
// It is for tests and for the command provision; nothing that a user runs may
// depend on it. With CI set to "true" a client that cannot be had fails the
// test, else the test is skipped with the reason.
package clients
