//go:build components

// Package components names the program, so that go.mod and go.sum hold all it needs.
package components

import _ "go.etcd.io/etcd/server/v3"
