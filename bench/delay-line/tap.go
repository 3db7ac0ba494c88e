package main

import (
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// From linux/if_tun.h: frames with their Ethernet header, nothing before it.
const (
	setInterface  = 0x400454ca // TUNSETIFF
	ethernetPlain = 0x0002 | 0x1000
)

// openTap makes an Ethernet device in the namespace of the calling thread; it lives as long as the file is open.
func openTap(name string) (*os.File, error) {
	descriptor, err := syscall.Open("/dev/net/tun", syscall.O_RDWR|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("/dev/net/tun: %w", err)
	}
	var request struct {
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}
	copy(request.name[:syscall.IFNAMSIZ-1], name)
	request.flags = ethernetPlain
	if _, _, fault := syscall.Syscall(syscall.SYS_IOCTL, uintptr(descriptor), setInterface, uintptr(unsafe.Pointer(&request))); fault != 0 {
		syscall.Close(descriptor)
		return nil, fmt.Errorf("the network device %s: %w", name, fault)
	}
	return os.NewFile(uintptr(descriptor), name), nil
}

// Longer than any frame: the devices have no segmentation of their own, so the kernel hands out frames of the usual size.
const longestFrame = 1 << 16

// As much as a router might hold; what comes on top is lost, as it would be there.
const longestQueue = 1 << 14

type frame struct {
	bytes []byte
	due   time.Time
}

// relay hands every frame of one device to the other, `delay` late. `left` sees each frame as it comes in, `arrived` as it
// goes out; either may be nil.
func relay(from, to *os.File, delay time.Duration, left, arrived func(frame []byte, at time.Time)) error {
	queue := make(chan frame, longestQueue)
	failed := make(chan error, 1)
	go func() {
		for next := range queue {
			time.Sleep(time.Until(next.due))
			if arrived != nil {
				arrived(next.bytes, time.Now())
			}
			// A device that is down for a moment loses frames, as cables do.
			to.Write(next.bytes)
		}
	}()
	go func() {
		buffer := make([]byte, longestFrame)
		for {
			length, err := from.Read(buffer)
			if err != nil {
				failed <- fmt.Errorf("reading from the cable: %w", err)
				return
			}
			now := time.Now()
			bytes := append([]byte(nil), buffer[:length]...)
			if left != nil {
				left(bytes, now)
			}
			select {
			case queue <- frame{bytes, now.Add(delay)}:
			default:
			}
		}
	}()
	return <-failed
}
