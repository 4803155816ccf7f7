//go:build components

// Package components names the program, so that go.mod and go.sum hold all it needs.
package components

import _ "sigs.k8s.io/kwok/cmd/kwok"
