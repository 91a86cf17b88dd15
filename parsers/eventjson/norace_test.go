//go:build !race

package eventjson

const raced = false
