package service

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// wide encodes UTF-16LE.
func wide(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

func le(n, size int) string {
	b := binary.LittleEndian.AppendUint64(nil, uint64(n))
	return string(b[:size])
}

// smb2 is a message of SMB 2 in its envelope.
func smb2(command int, response bool, body string) string {
	flags := 0
	if response {
		flags = 1
	}
	m := "\xfeSMB" + le(64, 2) + pad("", 6) + le(command, 2) + pad("", 2) + le(flags, 4) + le(0, 4) + pad("", 40) + body
	return "\x00" + string([]byte{byte(len(m) >> 16), byte(len(m) >> 8), byte(len(m))}) + m
}

// ntlm3 is an NTLM response with its names.
func ntlm3(domain, user, host string) string {
	const head = 64
	d, u, h := wide(domain), wide(user), wide(host)
	field := func(s string, at int) string { return le(len(s), 2) + le(len(s), 2) + le(at, 4) }
	return ntlmSignature + le(3, 4) + field("", head) + field("", head) + field(d, head) + field(u, head+len(d)) + field(h, head+len(d)+len(u)) +
		field("", head) + le(ntlmUnicode, 4) + d + u + h
}

// smbTalk is a session in clear.
func smbTalk() talk {
	token := "\x60\x48spnego" + ntlm3("EXAMPLE", "ann", "WS-01")
	share, file := wide(`\\files\public`), wide(`plans\new.docx`)
	written := le(49, 2) + le(64+48, 2) + le(5000, 4) + pad("", 40) + strings.Repeat("d", 5000)
	return tcp(
		">"+smb2(smb2Negotiate, false, le(36, 2)+pad("", 34)),
		"<"+smb2(smb2Negotiate, true, le(65, 2)+le(1, 2)+le(0x0311, 2)+pad("", 58)),
		">"+smb2(smb2Session, false, le(25, 2)+pad("", 10)+le(64+24, 2)+le(len(token), 2)+pad("", 8)+token),
		">"+smb2(smb2Tree, false, le(9, 2)+le(0, 2)+le(64+8, 2)+le(len(share), 2)+share),
		">"+smb2(smb2Create, false, le(57, 2)+pad("", 42)+le(64+56, 2)+le(len(file), 2)+pad("", 8)+file),
		">"+smb2(smb2Write, false, written),
		"<"+smb2(smb2Read, true, le(17, 2)+le(64+16, 2)+le(300, 4)+pad("", 8)+strings.Repeat("r", 300)),
		">"+smb2(smb2Write, false, le(49, 2)+le(64+48, 2)+le(len(rpcBound), 4)+pad("", 40)+rpcBound),
	)
}

// TestSMB2 reads names and volumes of a session in clear.
func TestSMB2(t *testing.T) {
	r := smbTalk().play(0)
	want := &evidence.SMB{Dialect: "3.1.1", Shares: []string{`\\files\public`}, Files: []string{`plans\new.docx`},
		Written: evidence.Measured(5000), Read: evidence.Measured(300), User: "ann", Domain: "EXAMPLE", Host: "WS-01"}
	if !reflect.DeepEqual(r.SMB, want) {
		t.Errorf("got %+v, want %+v", r.SMB, want)
	}
	if !reflect.DeepEqual(r.Inner, []string{"dce_rpc"}) || !reflect.DeepEqual(r.RPC.Endpoints, []string{"svcctl"}) {
		t.Errorf("calls on a pipe: %v %+v", r.Inner, r.RPC)
	}
}

// TestSMBUnmeasured: what is encrypted or was not captured is not counted as nothing.
func TestSMBUnmeasured(t *testing.T) {
	hello := smb2(smb2Negotiate, false, le(36, 2)+pad("", 34))
	if got := tcp(">"+hello, ">\x00\x00\x00\x40\xfdSMB"+pad("", 60)).play(0).SMB; !got.Encrypted || got.Written.Known || got.Read.Known {
		t.Errorf("encrypted: %+v", got)
	}
	lost := talk{evidence.TCP, []said{{Orig, hello, 0}, {Orig, hello, 700}}}
	if got := lost.play(0).SMB; got.Written.Known {
		t.Errorf("after a gap: %+v", got)
	}
	inside := talk{evidence.TCP, []said{{Orig, hello, 0}, {Orig, smb2(smb2Write, false, le(49, 2)+le(64+48, 2)+le(20000, 4)+pad("", 40)+strings.Repeat("d", 20000))[:12000], 0}, {Orig, hello, 8116}}}
	if got := inside.play(0).SMB; got.Written != evidence.Measured(20000) {
		t.Errorf("a gap inside written data: %+v", got)
	}
}

// A session with more files than are listed says that there are more.
func TestManyFiles(t *testing.T) {
	for _, n := range []int{maxValues, maxValues + 1} {
		var lines []string
		for i := range n {
			file := wide(fmt.Sprintf("plans\\%d.docx", i))
			lines = append(lines, ">"+smb2(smb2Create, false, le(57, 2)+pad("", 42)+le(64+56, 2)+le(len(file), 2)+pad("", 8)+file))
		}
		if got := tcp(lines...).play(0).SMB; got == nil || len(got.Files) != maxValues || got.More != (n > maxValues) {
			t.Errorf("%d files: %+v", n, got)
		}
	}
}

// TestSMB1 reads the older form.
func TestSMB1(t *testing.T) {
	smb1 := func(command byte, response bool, words, bytes string) string {
		flags := byte(0)
		if response {
			flags = 0x80
		}
		m := smb1Magic + string([]byte{command}) + pad("", 4) + string([]byte{flags}) + le(0x8000, 2) + pad("", 20) +
			string([]byte{byte(len(words) / 2)}) + words + le(len(bytes), 2) + bytes
		return "\x00\x00" + string([]byte{byte(len(m) >> 8), byte(len(m))}) + m
	}
	share, file := wide(`\\files\IPC$`), wide(`\svcctl`)
	r := tcp(
		">"+smb1(smb1Negotiate, false, "", "\x02NT LM 0.12\x00"),
		"<"+smb1(smb1Negotiate, true, pad("", 34), ""),
		">"+smb1(smb1TreeConnect, false, pad("", 6)+le(1, 2), "\x00"+share+"\x00\x00"),
		">"+smb1(smb1Create, false, pad("", 48), "\x00"+file+"\x00\x00"),
		">"+smb1(smb1Transaction, false, pad("", 24)+le(32+1+28+2, 2)+pad("", 2), rpcBound),
	).play(0)
	if r.SMB.Dialect != "1.0" || !reflect.DeepEqual(r.SMB.Shares, []string{`\\files\IPC$`}) || !reflect.DeepEqual(r.SMB.Files, []string{`\svcctl`}) ||
		!reflect.DeepEqual(r.Inner, []string{"dce_rpc"}) {
		t.Errorf("%+v %v", r.SMB, r.Inner)
	}
}

// TestNTLMHostile: lengths and offsets that point anywhere give no names and no panic.
func TestNTLMHostile(t *testing.T) {
	m := []byte(ntlm3("D", "u", "h"))
	for at := 8; at < len(m); at++ {
		for _, v := range []byte{0, 0x7f, 0x80, 0xff} {
			b := append([]byte(nil), m...)
			b[at] = v
			findNTLM(b)
			findNTLM(b[:at])
		}
	}
}
