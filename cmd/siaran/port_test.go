package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"testing"
)

// ports are those that were handed out. What the system gives for port 0 it gives again, to another test or to a
// connection, before the program that it is meant for has taken it; so ours are below those, and handed out once.
var ports struct {
	sync.Mutex
	last int
}

const lowest, highest = 10_000, 32_000 // Linux gives from 32,768 on

// unusedPort returns a port of loopback for a program that is about to be started.
func unusedPort() int {
	ports.Lock()
	defer ports.Unlock()
	if ports.last == 0 {
		ports.last = lowest + rand.IntN(highest-lowest) // other tests of ours may run on this machine
	}
	for {
		if ports.last++; ports.last >= highest {
			ports.last = lowest
		}
		l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(ports.last)) //nolint:noctx // closed at once
		if err != nil {
			continue
		}
		if l.Close() == nil {
			return ports.last
		}
	}
}

func unusedAddress() string { return fmt.Sprintf("127.0.0.1:%d", unusedPort()) }

func TestNoPortIsHandedOutTwice(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for range 100 {
		p := unusedPort()
		if seen[p] {
			t.Fatalf("port %d again", p)
		}
		seen[p] = true
	}
}
