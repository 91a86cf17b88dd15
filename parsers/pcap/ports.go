package pcap

import "slices"

// serverPorts are the ports above the well-known ones that servers listen at and that clients are not given by their
// systems. They only decide who opened a connection whose beginning was not captured and whose content says nothing.
//
// https://www.iana.org/assignments/service-names-port-numbers
var serverPorts = []uint16{
	1080, 1194, 1433, 1434, 1521, 1701, 1723, 1812, 1813, 1883, 1900, 2049, 2152, 3128, 3268, 3269, 3306, 3389, 3478, 3544,
	3702, 4789, 4790, 5060, 5061, 5222, 5223, 5269, 5349, 5353, 5355, 5432, 5671, 5672, 5900, 5938, 5985, 5986, 6081, 6379, 6443,
	6667, 6697, 8000, 8008, 8080, 8081, 8443, 8472, 8883, 8888, 9001, 9090, 9092, 9200, 9418, 11211, 25565, 27017,
}

func servesAt(port uint16) bool {
	if port < 1024 {
		return port != 0
	}
	_, found := slices.BinarySearch(serverPorts, port)
	return found
}
