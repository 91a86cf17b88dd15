package zeek

import "strings"

// A field is one that something is made of; what else a log has is passed over.
type field uint8

// The fields, by the names that Zeek gives them.
const (
	noField field = iota // stands for all others
	fPath
	fStream
	fTS
	fTSDelta
	fUID
	fUIDs
	fID
	fOrigH
	fOrigP
	fRespH
	fRespP
	fProto
	fIPProto
	fService
	fDuration
	fOrigBytes
	fRespBytes
	fConnState
	fMissedBytes
	fHistory
	fOrigPkts
	fOrigIPBytes
	fRespPkts
	fRespIPBytes
	fTunnelParents
	fTransID
	fQuery
	fQType
	fRCode
	fAnswers
	fTransDepth
	fHost
	fMethod
	fURI
	fUserAgent
	fStatusCode
	fRequestBodyLen
	fResponseBodyLen
	fRespMIMETypes
	fVersion
	fCipher
	fServerName
	fResumed
	fLastAlert
	fNextProtocol
	fEstablished
	fJA3
	fJA3S
	fJA4
	fSubject
	fIssuer
	fCertChainFPs
	fCertChainFUIDs
	fValidationStatus
	fAction
	fSharePath
	fName
	fShareType
	fEndpoint
	fOperation
	fNamedPipe
	fClient
	fServer
	fErrorMsg
	fRequestType
	fSuccess
	fUsername
	fDomainName
	fHostname
	fServerDNSName
	fServerNBName
	fSecurityProtocol
	fCookie
	fResult
	fClientName
	fAuthAttempts
	fKexAlg
	fFUID
	fConnUIDs
	fSource
	fFilename
	fIsOrig
	fSeenBytes
	fMIMEType
	fFingerprint
	fCertSubject
	fCertIssuer
	fCertNotBefore
	fCertNotAfter
	fSANDNS
	fSANIP
	fMAC
	fHostName
	fDomain
	fClientFQDN
	fLeaseTime
	fAssignedIP
	fAssignedAddr
	fClientAddr
	fMsgTypes
	fGaps
	fAcks
	fieldCount
)

// fieldNames are written with an underscore where Zeek has a dot ("id_orig_h"), as some exports write them.
var fieldNames = [fieldCount]string{
	fPath: "_path", fStream: "@stream", fTS: "ts", fTSDelta: "ts_delta", fUID: "uid", fUIDs: "uids", fID: "id",
	fOrigH: "id_orig_h", fOrigP: "id_orig_p", fRespH: "id_resp_h", fRespP: "id_resp_p", fProto: "proto", fIPProto: "ip_proto",
	fService: "service", fDuration: "duration", fOrigBytes: "orig_bytes", fRespBytes: "resp_bytes", fConnState: "conn_state",
	fMissedBytes: "missed_bytes", fHistory: "history", fOrigPkts: "orig_pkts", fOrigIPBytes: "orig_ip_bytes",
	fRespPkts: "resp_pkts", fRespIPBytes: "resp_ip_bytes", fTunnelParents: "tunnel_parents",
	fTransID: "trans_id", fQuery: "query", fQType: "qtype", fRCode: "rcode", fAnswers: "answers",
	fTransDepth: "trans_depth", fHost: "host", fMethod: "method", fURI: "uri", fUserAgent: "user_agent", fStatusCode: "status_code",
	fRequestBodyLen: "request_body_len", fResponseBodyLen: "response_body_len", fRespMIMETypes: "resp_mime_types",
	fVersion: "version", fCipher: "cipher", fServerName: "server_name", fResumed: "resumed", fLastAlert: "last_alert",
	fNextProtocol: "next_protocol", fEstablished: "established", fJA3: "ja3", fJA3S: "ja3s", fJA4: "ja4", fSubject: "subject",
	fIssuer: "issuer", fCertChainFPs: "cert_chain_fps", fCertChainFUIDs: "cert_chain_fuids", fValidationStatus: "validation_status",
	fAction: "action", fSharePath: "path", fName: "name", fShareType: "share_type",
	fEndpoint: "endpoint", fOperation: "operation", fNamedPipe: "named_pipe",
	fClient: "client", fServer: "server", fErrorMsg: "error_msg", fRequestType: "request_type", fSuccess: "success",
	fUsername: "username", fDomainName: "domainname", fHostname: "hostname", fServerDNSName: "server_dns_computer_name",
	fServerNBName: "server_nb_computer_name", fSecurityProtocol: "security_protocol", fCookie: "cookie", fResult: "result",
	fClientName: "client_name", fAuthAttempts: "auth_attempts", fKexAlg: "kex_alg",
	fFUID: "fuid", fConnUIDs: "conn_uids", fSource: "source", fFilename: "filename", fIsOrig: "is_orig", fSeenBytes: "seen_bytes",
	fMIMEType: "mime_type", fFingerprint: "fingerprint", fCertSubject: "certificate_subject", fCertIssuer: "certificate_issuer",
	fCertNotBefore: "certificate_not_valid_before", fCertNotAfter: "certificate_not_valid_after", fSANDNS: "san_dns", fSANIP: "san_ip",
	fMAC: "mac", fHostName: "host_name", fDomain: "domain", fClientFQDN: "client_fqdn", fLeaseTime: "lease_time",
	fAssignedIP: "assigned_ip", fAssignedAddr: "assigned_addr", fClientAddr: "client_addr", fMsgTypes: "msg_types",
	fGaps: "gaps", fAcks: "acks",
}

// columnOf finds the field that a column of a TSV log holds.
var columnOf = func() map[string]field {
	all := map[string]field{}
	for f := noField + 1; f < fieldCount; f++ {
		all[fieldNames[f]] = f
	}
	return all
}()

// A rank says which of several ways to write one field counts: the lowest that is there.
type rank uint8

const (
	flat   rank = iota // id_orig_h
	dotted             // id.orig_h
	nested             // orig_h in an object that is called id
)

// A key is how the member of a JSON object names a field.
type key struct {
	field
	rank
}

// keys are the names of members of a line, endKeys of those of its id. Zeek has a dot in names behind these records only.
var keys, endKeys = func() (top, ends map[string]key) {
	top, ends = map[string]key{}, map[string]key{}
	for name, f := range columnOf {
		top[name] = key{f, flat}
		switch record, member, _ := strings.Cut(name, "_"); {
		case member == "":
		case record == "id":
			ends[member] = key{f, nested}
			fallthrough
		case record == "certificate" || record == "san":
			top[record+"."+member] = key{f, dotted}
		}
	}
	return top, ends
}()
