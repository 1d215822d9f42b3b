// Command gorun installs itself as the kernel; a test runs it with `go run`.
package main

import (
	"os"

	"github.com/sheaf-go/sheaf/install"
)

func main() { os.Exit(install.Main(os.Args[1:], os.Stdout, os.Stderr, nil)) }
