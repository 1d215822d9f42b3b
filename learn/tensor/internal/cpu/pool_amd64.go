package cpu

// spinRounds pauses take 5 to 15 microseconds on most processors.
const spinRounds = 100

// pause lets a few hundred cycles pass without work for the other thread of the
// core.
//
//go:noescape
func pause()
