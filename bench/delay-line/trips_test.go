package main

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"
)

const (
	opens  = flagOpens
	closes = 0x01
	data   = 0x18
)

// tcp makes a frame with a payload of that many bytes.
func tcp(from, to string, flags byte, payload int) []byte {
	source, destination := netip.MustParseAddrPort(from), netip.MustParseAddrPort(to)
	frame := make([]byte, ethernetHeader+20+20+payload)
	binary.BigEndian.PutUint16(frame[12:], typeIPv4)
	packet := frame[ethernetHeader:]
	packet[0] = 4<<4 | 5
	binary.BigEndian.PutUint16(packet[2:], uint16(20+20+payload))
	packet[9] = protocolTCP
	copy(packet[12:], source.Addr().AsSlice())
	copy(packet[16:], destination.Addr().AsSlice())
	binary.BigEndian.PutUint16(packet[20:], source.Port())
	binary.BigEndian.PutUint16(packet[22:], destination.Port())
	packet[32], packet[33] = 5<<4, flags
	return frame
}

func TestRoundTrips(t *testing.T) {
	const operator, host, other = "10.0.0.254:50000", "10.0.0.10:22", "10.0.0.11:22"
	// An event: at this millisecond the operator sends to, or gets from, a server.
	type event struct {
		at      int
		sends   bool
		server  string
		flags   byte
		payload int
	}
	for name, table := range map[string]struct {
		events []event
		want   map[string]server
	}{
		"opening a connection is one": {
			[]event{{0, true, host, opens, 0}, {50, false, host, opens, 0}},
			map[string]server{host: {1, 1, 1, 1}},
		},
		"question and answer are one, acknowledgements none": {
			[]event{{0, true, host, data, 10}, {50, false, host, data, 0}, {51, false, host, data, 5}},
			map[string]server{host: {0, 1, 10, 5}},
		},
		"what is sent side by side counts once": {
			[]event{{0, true, host, data, 1}, {1, true, host, data, 1}, {51, false, host, data, 1}, {52, false, host, data, 1}},
			map[string]server{host: {0, 1, 2, 2}},
		},
		"what comes by itself is no answer": {
			[]event{{0, true, host, data, 1}, {10, false, host, data, 1}, {60, false, host, data, 1}},
			map[string]server{host: {0, 1, 1, 2}},
		},
		"a second question on its way is waited for by itself": {
			[]event{{0, true, host, data, 1}, {40, true, host, data, 1}, {50, false, host, data, 1}, {90, false, host, data, 1}},
			map[string]server{host: {0, 2, 2, 2}},
		},
		"servers are told apart": {
			[]event{{0, true, host, data, 1}, {0, true, other, data, 2}, {50, false, other, data, 1}},
			map[string]server{host: {0, 0, 1, 0}, other: {0, 1, 2, 1}},
		},
		"who hangs up waits for nothing": {
			[]event{{0, true, host, data, 1}, {1, true, host, closes, 0}, {60, false, host, closes, 0}},
			map[string]server{host: {0, 0, 2, 1}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			trips := newTrips(50 * time.Millisecond)
			for _, event := range table.events {
				at := time.UnixMilli(int64(event.at))
				if event.sends {
					trips.left(tcp(operator, event.server, event.flags, event.payload), at)
				} else {
					trips.arrived(tcp(event.server, operator, event.flags, event.payload), at)
				}
			}
			got := trips.take()
			if len(got) != len(table.want) {
				t.Errorf("counted %d servers instead of %d", len(got), len(table.want))
			}
			for address, want := range table.want {
				if one := got[netip.MustParseAddrPort(address)]; one == nil || *one != want {
					t.Errorf("%s: counted %+v instead of %+v", address, one, want)
				}
			}
			if again := trips.take(); len(again) != 0 {
				t.Errorf("what was told is told again: %v", again)
			}
		})
	}
}

func TestOtherFramesAreNotCounted(t *testing.T) {
	trips := newTrips(time.Millisecond)
	whole := tcp("10.0.0.1:1", "10.0.0.2:2", data, 100)
	for length := range whole {
		trips.left(whole[:length], time.Now())
	}
	arp := tcp("10.0.0.1:1", "10.0.0.2:2", data, 1)
	binary.BigEndian.PutUint16(arp[12:], 0x0806)
	trips.left(arp, time.Now())
	if got := trips.take(); len(got) != 0 {
		t.Errorf("counted %v", got)
	}
}
