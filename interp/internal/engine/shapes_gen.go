package engine

var shapes = map[string]nativeFunc{}
