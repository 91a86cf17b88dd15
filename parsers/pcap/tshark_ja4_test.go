package pcap

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The fields of a client hello from which JA4 follows, in the order in which helloOf takes them.
var helloFields = []string{
	"tls.handshake.type", "tls.handshake.version", "tls.handshake.extensions.supported_version", "tls.handshake.ciphersuite",
	"tls.handshake.extension.type", "tls.handshake.sig_hash_alg", "tls.handshake.extensions_alpn_str",
}

// ja4Of puts JA4 together from what tshark says of a frame that holds one client hello and no other message, "" for others. It
// shares no code with what it judges. Fields of different extensions have one name in tshark: hellos with these are left out.
//
// https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md
func ja4Of(protocols string, fields []string, between string) string {
	values := func(i int) []string {
		if fields[i] == "" {
			return nil
		}
		return strings.Split(fields[i], between)
	}
	extensions := numbers(values(4))
	if fields[0] != "1" || slices.Contains(extensions, 34) || slices.Contains(extensions, 50) {
		return ""
	}
	kind := "t"
	if strings.Contains(protocols, "quic") {
		kind = "q"
	}
	versions := numbers(values(2))
	if len(versions) == 0 {
		versions = numbers(values(1))
	}
	name := "i"
	if slices.Contains(extensions, 0) {
		name = "d"
	}
	alpn := "00"
	if all := values(6); len(all) > 0 {
		alpn = all[0][:1] + all[0][len(all[0])-1:]
	}
	ciphers := numbers(values(3))
	signed := listed(numbers(values(5)))
	said := cmp.Or(map[uint64]string{0x304: "13", 0x303: "12", 0x302: "11", 0x301: "10", 0x300: "s3"}[slices.Max(versions)], "00")
	head := fmt.Sprintf("%s%s%s%02d%02d%s", kind, said, name, min(len(ciphers), 99), min(len(extensions), 99), alpn)
	slices.Sort(ciphers)
	slices.Sort(extensions)
	extensions = slices.DeleteFunc(extensions, func(e uint64) bool { return e == 0 || e == 16 })
	behind := listed(extensions)
	if signed != "" {
		behind += "_" + signed
	}
	return strings.Join([]string{head, digest(listed(ciphers)), digest(behind)}, "_")
}

// numbers reads hexadecimal and decimal values and leaves GREASE out.
func numbers(texts []string) (all []uint64) {
	for _, t := range texts {
		if n, err := strconv.ParseUint(t, 0, 16); err == nil && (n&0x0f0f != 0x0a0a || n>>8 != n&0xff) {
			all = append(all, n)
		}
	}
	return all
}

func listed(all []uint64) string {
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = fmt.Sprintf("%04x", n)
	}
	return strings.Join(texts, ",")
}

func digest(list string) string {
	sum := sha256.Sum256([]byte(list))
	return cmp.Or(map[string]string{"": "000000000000"}[list], hex.EncodeToString(sum[:6]))
}
