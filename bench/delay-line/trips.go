package main

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"time"
)

// server is what one server was asked by the operator.
type server struct {
	Connections int `json:"connections"`
	// RoundTrips: how often the operator got something it had to wait for: an answer that came at least a round trip after
	// what it answers. What is sent side by side counts once. The handshake of TCP is one.
	RoundTrips int `json:"roundTrips"`
	BytesSent  int `json:"bytesSent"`
	BytesGot   int `json:"bytesGot"`
}

type flow struct {
	server netip.AddrPort
	port   uint16
}

// trips counts what goes over the cable, by server.
type trips struct {
	mutex   sync.Mutex
	least   time.Duration
	servers map[netip.AddrPort]*server
	// waiting: when each flow sent what nobody has answered yet, oldest first.
	waiting map[flow][]time.Time
}

func newTrips(roundTrip time.Duration) *trips {
	return &trips{least: roundTrip, servers: map[netip.AddrPort]*server{}, waiting: map[flow][]time.Time{}}
}

// take resolves with the counts since it was last asked.
func (t *trips) take() map[netip.AddrPort]*server {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	counted := t.servers
	t.servers = map[netip.AddrPort]*server{}
	return counted
}

// left notes a frame of the operator at the moment it is sent.
func (t *trips) left(frame []byte, at time.Time) {
	segment, ok := parse(frame)
	if !ok || segment.length == 0 {
		return
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	server := t.server(segment.destination)
	server.BytesSent += segment.length
	if segment.opens {
		server.Connections++
	}
	asker := flow{segment.destination, segment.source.Port()}
	if segment.ends {
		delete(t.waiting, asker)
	} else {
		t.waiting[asker] = append(t.waiting[asker], at)
	}
}

// arrived notes a frame for the operator at the moment it gets there.
func (t *trips) arrived(frame []byte, at time.Time) {
	segment, ok := parse(frame)
	if !ok || segment.length == 0 {
		return
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	server := t.server(segment.source)
	server.BytesGot += segment.length
	asker := flow{segment.source, segment.destination.Port()}
	sent, answered := t.waiting[asker], 0
	for answered < len(sent) && at.Sub(sent[answered]) >= t.least {
		answered++
	}
	if answered > 0 {
		server.RoundTrips++
		t.waiting[asker] = sent[answered:]
	}
}

func (t *trips) server(address netip.AddrPort) *server {
	if t.servers[address] == nil {
		t.servers[address] = &server{}
	}
	return t.servers[address]
}

// segment is one of TCP over IPv4.
type segment struct {
	source, destination netip.AddrPort
	// length of the payload in bytes; opening a connection counts as one.
	length      int
	opens, ends bool
}

const (
	ethernetHeader = 14
	typeIPv4       = 0x0800
	protocolTCP    = 6
	flagEnds       = 0x01 | 0x04 // FIN, RST
	flagOpens      = 0x02        // SYN
)

func parse(frame []byte) (segment, bool) {
	if len(frame) < ethernetHeader+20 || binary.BigEndian.Uint16(frame[12:]) != typeIPv4 {
		return segment{}, false
	}
	packet := frame[ethernetHeader:]
	header, total := int(packet[0]&15)*4, int(binary.BigEndian.Uint16(packet[2:]))
	if packet[9] != protocolTCP || total > len(packet) || total < header+20 {
		return segment{}, false
	}
	tcp := packet[header:total]
	flags := tcp[13]
	found := segment{
		source:      netip.AddrPortFrom(netip.AddrFrom4([4]byte(packet[12:16])), binary.BigEndian.Uint16(tcp)),
		destination: netip.AddrPortFrom(netip.AddrFrom4([4]byte(packet[16:20])), binary.BigEndian.Uint16(tcp[2:])),
		length:      len(tcp) - int(tcp[12]>>4)*4,
		opens:       flags&flagOpens != 0,
		ends:        flags&flagEnds != 0,
	}
	if found.opens || found.ends {
		found.length++
	}
	return found, true
}
