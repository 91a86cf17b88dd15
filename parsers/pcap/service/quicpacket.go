package service

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// QUIC packets and the protection of the first ones, whose keys follow from what is in clear:
//
//	https://www.rfc-editor.org/rfc/rfc9000#section-17.2
//	https://www.rfc-editor.org/rfc/rfc9001#section-5.2
//	https://www.rfc-editor.org/rfc/rfc9369 (version 2)

const (
	quicV1 = 0x00000001
	quicV2 = 0x6b3343cf
)

// quicSalts are the salts of the versions before and beside version 1, newest first: a draft uses the first whose
// number is not above its own.
var quicSalts = []struct {
	draft int
	salt  string
}{
	{33, "38762cf7f55934b34d179ae6a4c80cadccbb7f0a"}, // drafts 33 and 34, version 1
	{29, "afbfec289993d24c9e9786f19c6111e04390a899"},
	{23, "c3eef712c72ebb5a11a7d2432bb46365bef9f502"},
	{21, "7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a"},
	{17, "ef4fb0abb47470c41befcf8031334fae485e09a0"},
}

const (
	quicV2Salt   = "0dede3def700a6db819381be6e269dcbf9bd2ed9"
	quicQ050Salt = "504574efd066fe2f9d945cfcdbd3a7f0d3b56b45"
	quicT050Salt = "7ff579e5acd072915580304c43a2367c60488310"
	quicT051Salt = "7a4edef4e7ccee5fa4506c19124fc8ccda6e033d"
)

// A quicVersion is what a version number says about the format.
type quicVersion struct {
	known  bool
	draft  int // of IETF QUIC, or of the one a private version was made from
	google byte
	salt   string // in hex, "" when the first packets cannot be opened
	v2     bool
}

func quicVersionOf(v uint32) quicVersion {
	google := v>>24 == 'Q' || v>>24 == 'T'
	switch {
	case v == quicV1:
		return quicVersion{known: true, draft: 34, salt: saltOf(34)}
	case v == quicV2:
		return quicVersion{known: true, draft: 34, salt: quicV2Salt, v2: true}
	case v>>8 == 0xff0000 && v&0xff <= 34:
		return quicVersion{known: true, draft: int(v & 0xff), salt: saltOf(int(v & 0xff))}
	case v == 0xfaceb001: // mvfst
		return quicVersion{known: true, draft: 22, salt: saltOf(22)}
	case v>>8 == 0xfaceb0:
		return quicVersion{known: true, draft: 27, salt: saltOf(27)}
	case google && v>>16&0xff == '0' && v>>8&0xff <= '9' && v>>8&0xff >= '0' && v&0xff <= '9' && v&0xff >= '0':
		return googleVersion(v)
	}
	return quicVersion{}
}

func googleVersion(v uint32) quicVersion {
	q := quicVersion{known: true, draft: 20, google: byte(v >> 24)}
	switch number := (v>>8&0xf)*10 + v&0xf; {
	case q.google == 'Q' && number == 50:
		q.draft, q.salt = 27, quicQ050Salt
	case q.google == 'T' && number == 50:
		q.draft, q.salt = 27, quicT050Salt
	case q.google == 'T' && number == 51:
		q.draft, q.salt = 27, quicT051Salt
	}
	return q
}

func saltOf(draft int) string {
	for _, s := range quicSalts {
		if draft >= s.draft {
			return s.salt
		}
	}
	return ""
}

// quicKinds of long header packets.
const (
	quicInitial = iota
	quicZeroRTT
	quicHandshake
	quicRetry
)

// A quicPacket is one long header packet; payload begins at the protected packet number.
type quicPacket struct {
	version    quicVersion
	kind       int
	dcid, scid []byte
	whole      []byte // header and payload
	number     int    // offset of the packet number
}

// parseLong reads a long header packet; rest is what follows it in the datagram.
func parseLong(b []byte) (p quicPacket, rest []byte, ok bool) {
	if len(b) < 7 || b[0]&0x80 == 0 {
		return p, nil, false
	}
	p.version = quicVersionOf(binary.BigEndian.Uint32(b[1:]))
	if !p.version.known {
		return p, nil, false
	}
	c := cursor{b: b[5:]}
	if p.version.draft < 22 {
		lengths := c.u8() // both in one byte, less three
		p.dcid, p.scid = c.take(nibble(lengths>>4)), c.take(nibble(lengths&15))
	} else {
		p.dcid, p.scid = c.take(c.u8()), c.take(c.u8())
	}
	if c.short || len(p.dcid) > 20 || len(p.scid) > 20 {
		return p, nil, false
	}
	p.kind = int(b[0] >> 4 & 3)
	if p.version.v2 {
		p.kind = (p.kind + 3) & 3
	}
	if p.kind == quicRetry || p.version.google == 'Q' && p.version.salt == "" {
		p.whole = b
		return p, nil, true
	}
	if p.kind == quicInitial {
		c.take(c.varint())
	}
	size := c.varint()
	p.number = len(b) - len(c.b)
	if c.take(size); c.short {
		return p, nil, false
	}
	p.whole = b[:p.number+size]
	return p, c.b, true
}

func nibble(n int) int {
	if n == 0 {
		return 0
	}
	return n + 3
}

// varint reads a variable-length integer; one that no datagram can hold counts as short.
func (c *cursor) varint() int {
	if len(c.b) == 0 {
		c.short = true
		return 0
	}
	n := 1 << (c.b[0] >> 6)
	v := c.uint(n) &^ (uint64(3) << (8*n - 2))
	if v > 1<<30 {
		c.b, c.short = nil, true
		return 0
	}
	return int(v)
}

// quicKeys open the first packets of one side.
type quicKeys struct {
	aead cipher.AEAD
	iv   [12]byte
	hp   cipher.Block
	// of the last packet opened
	mask  [aes.BlockSize]byte
	nonce [12]byte
	head  []byte
}

// initialKeys derives the keys of one side.
func (v quicVersion) initialKeys(secret *[sha256.Size]byte, sender string) *quicKeys {
	side := expand(secret, sender, sha256.Size)
	return v.keys(&side)
}

// The senders by which keys differ.
const (
	quicClient = "client in"
	quicServer = "server in"
)

// secret derives from the connection id that the client chose what the keys of both sides are made of.
func (v quicVersion) secret(dcid []byte) *[sha256.Size]byte {
	salt, err := hex.DecodeString(v.salt)
	if err != nil {
		panic(err) // a typing error in the table above
	}
	secret := authenticate(salt, dcid)
	return &secret
}

func (v quicVersion) keys(secret *[sha256.Size]byte) *quicKeys {
	label := "quic "
	if v.v2 {
		label = "quicv2 "
	}
	key, iv, hp := expand(secret, label+"key", 16), expand(secret, label+"iv", 12), expand(secret, label+"hp", 16)
	aead, err := cipher.NewGCM(aesBlock(key[:16]))
	if err != nil {
		panic(err) // only for blocks of another size
	}
	return &quicKeys{aead: aead, iv: [12]byte(iv[:12]), hp: aesBlock(hp[:16])}
}

func aesBlock(key []byte) cipher.Block {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // only for keys of another size
	}
	return block
}

// expand is HKDF-Expand-Label of TLS 1.3 with an empty context, in the first bytes of what it returns.
func expand(secret *[sha256.Size]byte, label string, size int) [sha256.Size]byte {
	const prefix = "tls13 "
	info := append(make([]byte, 0, 64), byte(size>>8), byte(size), byte(len(prefix)+len(label)))
	info = append(append(append(info, prefix...), label...), 0, 1) // of one block
	return authenticate(secret[:], info)
}

// authenticate is HMAC-SHA-256, as HKDF calls it for extracting and for expanding to one block. Keys and messages are shorter
// than a block; crypto/hmac makes two hashes on the heap for each.
//
// https://www.rfc-editor.org/rfc/rfc2104#section-2
func authenticate(key, message []byte) [sha256.Size]byte {
	var inner, outer [sha256.BlockSize]byte
	copy(inner[:], key)
	copy(outer[:], key)
	for i := range inner {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	sum := sha256.Sum256(append(append(make([]byte, 0, 2*sha256.BlockSize), inner[:]...), message...))
	return sha256.Sum256(append(append(make([]byte, 0, 2*sha256.BlockSize), outer[:]...), sum[:]...))
}

// open removes the protection of a packet. What it returns is valid until the next of the pool.
func (k *quicKeys) open(pool *Pool, p quicPacket) ([]byte, bool) {
	if k == nil || len(p.whole) < p.number+4+aes.BlockSize {
		return nil, false
	}
	mask := k.mask[:]
	k.hp.Encrypt(mask, p.whole[p.number+4:p.number+4+aes.BlockSize])
	size := int((p.whole[0]^mask[0])&3) + 1
	k.head = append(k.head[:0], p.whole[:p.number+size]...)
	k.nonce = k.iv
	head, nonce := k.head, k.nonce[:]
	head[0] ^= mask[0] & 0x0f
	for i := range size {
		head[p.number+i] ^= mask[1+i]
		nonce[len(nonce)-size+i] ^= head[p.number+i]
	}
	plain, err := k.aead.Open(pool.plain[:0], nonce, p.whole[p.number+size:], head)
	if err != nil {
		return nil, false
	}
	pool.plain = plain
	return plain, true
}
