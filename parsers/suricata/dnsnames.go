package suricata

import "strconv"

// rrTypes are the record types with their numbers.
//
// https://www.iana.org/assignments/dns-parameters
var rrTypes = map[string]uint16{
	"A": 1, "NS": 2, "MD": 3, "MF": 4, "CNAME": 5, "SOA": 6, "MB": 7, "MG": 8, "MR": 9, "NULL": 10, "WKS": 11, "PTR": 12, "HINFO": 13,
	"MINFO": 14, "MX": 15, "TXT": 16, "RP": 17, "AFSDB": 18, "X25": 19, "ISDN": 20, "RT": 21, "NSAP": 22, "NSAPPTR": 23, "SIG": 24,
	"KEY": 25, "PX": 26, "GPOS": 27, "AAAA": 28, "LOC": 29, "NXT": 30, "SRV": 33, "ATMA": 34, "NAPTR": 35, "KX": 36, "CERT": 37, "A6": 38,
	"DNAME": 39, "OPT": 41, "APL": 42, "DS": 43, "SSHFP": 44, "IPSECKEY": 45, "RRSIG": 46, "NSEC": 47, "DNSKEY": 48, "DHCID": 49,
	"NSEC3": 50, "NSEC3PARAM": 51, "TLSA": 52, "HIP": 55, "CDS": 59, "CDNSKEY": 60, "SVCB": 64, "HTTPS": 65, "SPF": 99, "TKEY": 249,
	"TSIG": 250, "IXFR": 251, "AXFR": 252, "MAILA": 254, "ANY": 255, "URI": 256,
}

// rrType is the number of a type, which is what Suricata writes for those it has no name for; 0 when it is not stated.
func rrType(name text) uint16 {
	if n, known := rrTypes[string(name)]; known {
		return n
	}
	n, _ := strconv.ParseUint(string(name), 10, 16)
	return uint16(n)
}

var rcodes = map[string]int{
	"NOERROR": 0, "FORMERR": 1, "SERVFAIL": 2, "NXDOMAIN": 3, "NOTIMP": 4, "REFUSED": 5, "YXDOMAIN": 6, "YXRRSET": 7, "NXRRSET": 8,
	"NOTAUTH": 9, "NOTZONE": 10, "BADVERS": 16, "BADVERS/BADSIG": 16, "BADKEY": 17, "BADTIME": 18, "BADMODE": 19, "BADNAME": 20, "BADALG": 21, "BADTRUNC": 22,
}

// rcode is the number of a response code, -1 when it is not stated.
func rcode(name text) int {
	if n, known := rcodes[string(name)]; known {
		return n
	}
	if n, err := strconv.ParseUint(string(name), 10, 16); err == nil {
		return int(n)
	}
	return -1
}
