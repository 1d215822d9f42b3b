module github.com/sheaf-go/sheaf/bench/cells/yaegi

go 1.26

require github.com/traefik/yaegi v0.16.1
