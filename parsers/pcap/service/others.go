package service

// Protocols that are cheap to recognise and of which the name is told.

// mqttClient recognises a CONNECT packet: https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html
func mqttClient(b []byte, closed bool) verdict {
	if b[0] != 0x10 {
		return no
	}
	at := 1
	for at < len(b) && at < 5 && b[at]&0x80 != 0 {
		at++
	}
	if at+1 >= len(b) {
		return maybe
	}
	return prefixes(b[at+1:], "\x00\x04MQTT", "\x00\x06MQIsdp")
}

// openVPN recognises the client's reset, which ends with an empty list of acknowledgements and packet number 0:
// https://openvpn.net/community-docs/network-protocol.html
func openVPN(b []byte) bool {
	const resetV2, plain = 7 << 3, 14
	if len(b) < plain || b[0]&^7 != resetV2 || string(b[len(b)-5:]) != "\x00\x00\x00\x00\x00" {
		return false
	}
	switch len(b) - plain { // room for the authentication: none, or a digest with packet number and time
	case 0, 8 + 16, 8 + 20, 8 + 32, 8 + 64:
		return true
	}
	return false
}

func matchOpenVPN(c Chunk, _ *opening) verdict {
	if openVPN(c.Data) {
		return asks(c.Side)
	}
	return no
}

func openVPNClient(b []byte, closed bool) verdict {
	size := lengthBefore16(b)
	switch {
	case b[0] != 0 || len(b) > 2 && b[2]&^7 != 7<<3:
		return no
	case size == 0 || size < 128 && len(b) < size:
		return maybe
	}
	return since(size < 128 && openVPN(b[2:size]))
}
