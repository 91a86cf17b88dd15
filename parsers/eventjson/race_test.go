//go:build race

package eventjson

// raced: the race detector makes reading ten times slower, and one parser runs in one goroutine.
const raced = true
