// Package system holds the generated symbol tables and type data of those
// packages of the standard library whose API differs between platforms, for
// the platforms that Sheaf is built for. On others it has none. Their
// doc comments are under stdlib/std/LICENSE-go. Nothing else belongs here.
package system

//go:generate go run github.com/sheaf-go/sheaf/stdlib/internal/gen -pkg system -platforms linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64 syscall log/syslog
