// Command delay-line puts an operator at a distance: a network namespace whose only way out is a cable into a bridge of this
// machine that hands every Ethernet frame on half a round trip late. TCP is real from end to end, so handshakes, Nagle and
// delayed acknowledgements cost what they cost far away; a proxy in user space would hide them.
//
// It prints {"namespace": PATH} when the cable is up. Then every line on standard input is answered by one line with what
// each server was asked since the last (see trips.go). It ends with its input; cable and namespace go with it, however it
// ends, since nothing else holds them.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

func main() {
	bridge := flag.String("bridge", "", "bridge that the cable leads to")
	cable := flag.String("cable", "delay-line", "name of the cable's end at the bridge")
	address := flag.String("address", "", "the operator's address in the bridge's network, with its prefix length")
	roundTrip := flag.Duration("round-trip", 50*time.Millisecond, "added to every round trip")
	flag.Parse()
	if err := run(*bridge, *cable, *address, *roundTrip); err != nil {
		fmt.Fprintln(os.Stderr, "delay-line:", err)
		os.Exit(1)
	}
}

func run(bridge, cable, address string, roundTrip time.Duration) error {
	// A namespace belongs to a thread: this one, until the end.
	runtime.LockOSThread()
	outer, err := openTap(cable)
	if err != nil {
		return err
	}
	if err := ip("link", "set", "dev", cable, "master", bridge, "up"); err != nil {
		return err
	}
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		return fmt.Errorf("a network namespace: %w", err)
	}
	inner, err := openTap("operator")
	if err != nil {
		return err
	}
	for _, words := range [][]string{
		{"link", "set", "dev", "lo", "up"},
		{"address", "add", address, "dev", "operator"},
		{"link", "set", "dev", "operator", "up"},
	} {
		if err := ip(words...); err != nil {
			return err
		}
	}

	trips := newTrips(roundTrip)
	failed := make(chan error, 2)
	go func() { failed <- relay(inner, outer, roundTrip/2, trips.left, nil) }()
	go func() { failed <- relay(outer, inner, roundTrip/2, nil, trips.arrived) }()
	go func() {
		fmt.Fprintln(os.Stderr, "delay-line:", <-failed)
		os.Exit(1)
	}()

	answers := json.NewEncoder(os.Stdout)
	namespace := fmt.Sprintf("/proc/%d/task/%d/ns/net", os.Getpid(), syscall.Gettid())
	if err := answers.Encode(map[string]string{"namespace": namespace}); err != nil {
		return err
	}
	for questions := bufio.NewScanner(os.Stdin); questions.Scan(); {
		if err := answers.Encode(trips.take()); err != nil {
			return err
		}
	}
	return nil
}

// ip runs iproute2's ip in this thread's namespace.
func ip(words ...string) error {
	if output, err := exec.Command("ip", words...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %v: %w: %s", words, err, output)
	}
	return nil
}
