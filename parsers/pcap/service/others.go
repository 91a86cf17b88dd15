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
