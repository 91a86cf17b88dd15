package evidence

import (
	"net/netip"
	"time"
)

// A Count is a number that may not have been measured. The zero Count is "not measured", which is not 0.
type Count struct {
	N     uint64
	Known bool
}

// Measured returns a known count.
func Measured(n uint64) Count { return Count{N: n, Known: true} }

// Add returns the sum; it is unknown as soon as one side is.
func (c Count) Add(d Count) Count {
	if !c.Known || !d.Known {
		return Count{}
	}
	return Measured(c.N + d.N)
}

// A Pair is one quantity for both directions: sent by the originator, sent by the responder.
type Pair struct{ Orig, Resp Count }

// A Volume is what a connection moved. The bases are different quantities and are never added together.
type Volume struct {
	// Payload is the span of sequence numbers across wraps without SYN and FIN, what the capture missed included; for
	// UDP the datagrams' payload.
	Payload Pair
	// Seen is the payload bytes of the packets seen, retransmissions included, by the lengths in the headers (a snaplen
	// does not shorten it).
	Seen Pair
	// IP is the IP length from the headers, bounded by the frame's original length and taken from the frame where the
	// header says 0.
	IP Pair
	// Frame is the lengths of the frames as a sensor counted them, link layer and padding included: more than IP by what
	// the sensor does not say.
	Frame   Pair
	Packets Pair
	// Missed is how much of Payload the capture never saw.
	Missed Pair
	// Cut is how many bytes of Seen were cut off by the snaplen and could not be read.
	Cut Pair
}

// A Conn is one connection or flow as a capture or a network sensor states it.
type Conn struct {
	// Ref is the first frame of a capture or the line of a sensor log; Last the last frame (zero for sensor logs).
	Ref, Last Ref
	// Sensor names the clock and vantage point: the capture file, or the folder of the sensor's logs.
	Sensor string
	// UID is the sensor's own identifier ("CHhAvVGS1DHFjwGM9"), "" for captures.
	UID       string
	Transport Transport
	// Orig opened the connection as far as the evidence tells: the sender of the SYN, else what the content says, else
	// the sender of the first packet seen or the side with the less service-like port. OrigKnown says whether a SYN or
	// the content decided.
	Orig, Resp netip.AddrPort
	OrigKnown  bool
	Start, End time.Time
	Volume     Volume
	// State and History have Zeek's meaning ("SF", "ShADadFf").
	State, History string
	// MidStream: the capture began after the connection did.
	MidStream bool
	// Tunnel is the reference (first frame) of the outer flow that carried this one, zero when none; TunnelKind its
	// kind ("vxlan", "gre", "teredo", ...). Carries is set on an outer flow: totals leave it out.
	Tunnel     Ref
	TunnelKind string
	Carries    bool
	// Announced is the reference (first frame) of the connection whose content named this one's address and port, as the
	// control connection of FTP does, zero when none.
	Announced Ref
	// VLAN holds the VLAN ids outermost first.
	VLAN []uint16

	App

	// Part marks what was an AppRecord, stated at Start, on its way to the connection of its Sensor and UID.
	Part bool

	// Series is the connection's traffic over time, coalesced so that it never holds more than MaxSeries points.
	Series []Point
}

// MaxSeries bounds Conn.Series.
const MaxSeries = 256

// A Point is a burst of payload in a connection's traffic: bytes each way, starting at At. Bursts are separated by at
// least a second of silence, or merged with their neighbours when there would be more than MaxSeries.
type Point struct {
	At         time.Time
	Orig, Resp uint64
}

// An App is what the content of a connection says about its application protocol.
type App struct {
	// Protocol is the outermost protocol, named as in package protocols of the schema ("http", "tls", "dns", "smb",
	// ...); Inner what runs inside it, outermost first. Confirmed tells that content was seen; an unconfirmed name is a
	// guess by port or by a sensor and is marked as one.
	Protocol  string
	Inner     []string
	Confirmed bool
	// Content tells that payload was there to look at: a Protocol of "" with Content means that the content was seen
	// and not recognised, without Content that there was none (scan, cut capture, encrypted sensor log).
	Content bool
	HTTP    *HTTP
	TLS     *TLS
	DNS     *DNS
	SMB     *SMB
	RDP     *RDP
	SSH     *SSH
	RPC     *RPC
	// Kerberos and NTLM are the names that authentication showed, whichever protocol it ran in.
	Kerberos *Kerberos
	NTLM     *NTLM
}

// HTTP is what the requests and responses of a connection said. Lists hold distinct values in order of first
// appearance, bounded; More is set when values were left out.
type HTTP struct {
	Hosts, Methods, Agents, URIs, Types []string
	Statuses                            []int
	Requests, Responses                 uint64
	// ReqBody and RespBody are body bytes as transferred, chunk framing left out.
	ReqBody, RespBody Count
	Connect           string // the target of a CONNECT request
	More              bool
}

// TLS is what the handshake said in clear.
type TLS struct {
	SNI       string
	ALPN      []string // offered by the client
	Chosen    string   // ALPN chosen by the server
	Version   string   // negotiated: "TLSv13", "TLSv12", ...
	Offered   string   // highest version offered by the client
	Cipher    string   // chosen, IANA name or hex
	JA3, JA4  string   // of the client hello
	JA3String string
	JA3S      string
	// ECH: the client offered an encrypted hello. Browsers send one that encrypts nothing where they know no key (GREASE).
	ECH        bool
	Subject    string // of the server's leaf certificate where it is in clear
	Issuer     string
	Names      []string // subject alternative names, bounded
	MoreNames  bool     // there were more
	NotBefore  time.Time
	NotAfter   time.Time
	SelfSigned Tri
	CertSHA256 string
	// CertID is how the same sensor's log of certificates names the leaf (see Certificate), "" when the log states all
	// of it here.
	CertID string
	Alerts []string
	// Established: both sides sent encrypted application data.
	Established bool
}

// A Question is one name asked for on the wire with its answer.
type Question struct {
	At      time.Time
	Ref     Ref
	Name    string // lower case, without the final dot
	Type    uint16
	RCode   int // -1 when no answer was seen
	Answers []netip.Addr
	Aliases []string
	// QueryBytes and AnswerBytes are the sizes of the two DNS messages, 0 when not seen.
	QueryBytes, AnswerBytes uint32
	// Texts is the number of bytes in TXT and NULL answers.
	Texts uint32
}

// DNS is the DNS usage of a connection. Questions is bounded by MaxQuestions; Total counts all of them.
type DNS struct {
	Questions []Question
	Total     uint64
}

// MaxQuestions bounds DNS.Questions of one connection.
const MaxQuestions = 4096

// SMB is what was in clear. Lists hold distinct values in order of first appearance, bounded; More is set when values were left
// out.
type SMB struct {
	Dialect       string // "1.0", "2.1", "3.1.1", ...
	Encrypted     bool
	Shares, Files []string
	More          bool
	Written, Read Count // bytes of file data, where in clear
	User, Domain  string
	Host          string // NTLM target or workstation name
}

// RDP is what the connection request said.
type RDP struct {
	Cookie string
	TLS    bool
	// ClientName is the computer name that the client gave in clear.
	ClientName string
}

// SSH holds the identification strings.
type SSH struct{ Client, Server string }

// RPC is what DCE/RPC binds named.
type RPC struct {
	Interfaces []string // UUIDs in lower case
	Endpoints  []string // names of well-known interfaces ("drsuapi", "svcctl")
}

// Kerberos holds the principals of tickets that were asked for, with their realm where it was said. Lists hold distinct
// values in order of first appearance.
type Kerberos struct {
	Clients, Services []string
	Errors            []string // what the key distribution centre answered where it refused
}

// NTLM is who logged on, as far as one exchange of messages said.
type NTLM struct{ User, Domain, Host, Server string }

// A Certificate is a sensor's statement about one certificate that stands in a log of its own (Zeek x509), to be put
// together with the TLS of the same Sensor whose CertID is ID.
type Certificate struct {
	Ref                 Ref
	Sensor, ID          string
	Subject, Issuer     string
	Names               []string // subject alternative names
	NotBefore, NotAfter time.Time
	SHA256              string
}

// A Lease is a sensor's statement that a host asked for or was given an address by DHCP. Fields that the messages left
// out are empty; Client is zero where no address was given.
type Lease struct {
	Ref      Ref
	Sensor   string
	At       time.Time
	Client   netip.Addr
	MAC      string // lower case, with colons
	HostName string // as the client wrote it
	Domain   string
	Span     time.Duration // for how long, 0 when not said
}

// A Naming is a capture's own word that an address goes by names, as whoever wrote the file knew it: from a list of hosts,
// or because they asked. No packet need show the names, and nobody in the capture need have asked for them.
type Naming struct {
	Ref    Ref
	Sensor string
	Addr   netip.Addr
	Names  []string // as written
	Server string   // who was asked, "" when not said
}

// An AppRecord is a sensor's statement about the content of a connection that stands in a log of its own (Zeek dns,
// http, ssl, smb), to be put together with the Conn of the same Sensor and UID. Where the log names the UID only, Orig
// and Resp are zero.
type AppRecord struct {
	Ref        Ref
	Sensor     string
	UID        string
	At         time.Time
	Transport  Transport
	Orig, Resp netip.AddrPort
	App
}

// A Capture describes one capture file or one sensor's logs as a whole.
type Capture struct {
	Ref         Ref
	Kind        string // "pcap", "pcapng", "zeek", "suricata"
	Sensor      string // of the connections that it states; the logs of one sensor share it
	LinkTypes   []string
	Snaplen     uint32
	First, Last time.Time
	Frames      uint64
	Lines       uint64 // log lines read, for sensor logs
	Bytes       uint64 // original length of all frames
	CutFrames   uint64 // frames shorter than on the wire
	NotIP       uint64 // frames without an IP layer
	Undecoded   uint64 // frames whose layers could not be read
	// Dropped is what the capture itself says it lost (interface statistics, capture_loss.log).
	Dropped     Count
	BadChecksum uint64 // TCP/UDP checksums that do not fit, typical of offload on the capturing host
	Comment     string
}
