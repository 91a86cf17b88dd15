package service

// The messages of SMB 1 that name shares and files or move data:
// https://learn.microsoft.com/openspecs/windows_protocols/ms-cifs/ (section 2.2.4)

const (
	smb1Header      = 32
	smb1Transaction = 0x25
	smb1ReadAndX    = 0x2e
	smb1WriteAndX   = 0x2f
	smb1Negotiate   = 0x72
	smb1Session     = 0x73
	smb1TreeConnect = 0x75
	smb1Create      = 0xa2
)

// smb1 reads one message; of a chain only the first command.
func (s *smbReader) smb1(b []byte) {
	if len(b) < smb1Header+3 {
		return
	}
	words := span(b, smb1Header+1, 2*int(b[smb1Header]))
	after := smb1Header + 1 + len(words) + 2
	if words == nil || after > len(b) {
		return
	}
	wide := le16(b, 10)&0x8000 != 0
	if b[9]&0x80 != 0 {
		s.smb1Response(b, words)
		return
	}
	s.smb1Request(b, words, after, wide)
}

func (s *smbReader) smb1Request(b, words []byte, after int, wide bool) {
	switch b[4] {
	case smb1Session:
		s.security(b[after:])
	case smb1TreeConnect:
		s.share(smb1Text(b, after+le16(words, 6), wide))
	case smb1Create:
		s.file(smb1Text(b, after, wide))
	case smb1WriteAndX:
		s.data(&s.smb.Written, tail(b, le16(words, 22)), le16(words, 18)<<16|le16(words, 20))
	case smb1Transaction:
		s.call(tail(b, le16(words, 24)))
	}
}

func (s *smbReader) smb1Response(b, words []byte) {
	switch b[4] {
	case smb1Negotiate:
		if s.smb.Dialect == "" {
			s.smb.Dialect = "1.0"
		}
	case smb1Session:
		s.security(b)
	case smb1ReadAndX:
		s.data(&s.smb.Read, tail(b, le16(words, 12)), le16(words, 14)<<16|le16(words, 10))
	case smb1Transaction:
		s.call(tail(b, le16(words, 14)))
	}
}

// call looks for DCE/RPC in a transaction on a pipe.
func (s *smbReader) call(b []byte) {
	if s.rpc.fragment(b) {
		s.pipes = true
	}
}

// smb1Text reads a string at an offset from the header; wide ones begin at even offsets.
func smb1Text(b []byte, at int, wide bool) string {
	if wide {
		return wideText(tail(b, at+(at&1)), true)
	}
	narrow := tail(b, at)
	for i, c := range narrow {
		if c == 0 {
			return text(narrow[:i])
		}
	}
	return text(narrow)
}
