package evtx

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	cases := []struct {
		why  string
		kind byte
		b    string
		want string
	}{
		{"a string with its end", kindString, "a\x00\xf6\x00\x00\x00", "aö"},
		{"half a character at the end", kindString, "a\x00b", "a"},
		{"a lone surrogate", kindString, "\x00\xd8", "\ufffd"},
		{"nothing, whatever the type", kindUint32, "", ""},
		{"the highest uint64, which no float keeps", kindUint64, "\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615"},
		{"a negative int32", kindInt32, "\xfe\xff\xff\xff", "-2"},
		{"a negative int8", kindInt8, "\x80", "-128"},
		{"a truth value of four bytes", kindBool, "\x00\x01\x00\x00", "true"},
		{"a PID of 4688", kindHex64, "\x92\x10\x00\x00\x00\x00\x00\x00", "0x1092"},
		{"an access mask", kindHex32, "\xff\xff\x1f\x00", "0x1fffff"},
		{"a pointer of a 32-bit machine", kindSize, "\x10\x00\x00\x00", "0x10"},
		{"a GUID", kindGUID, "\x5f\x38\x70\x57\x2a\xc2\xe0\x43\xbf\x4c\x06\xf5\x69\x8f\xfb\xd9", "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}"},
		{"a cut GUID", kindGUID, "\x5f\x38", "5F38"},
		{"LocalSystem", kindSID, "\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00", "S-1-5-18"},
		{"a SID that counts more parts than it has", kindSID, "\x01\x02\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00", "010200000000000512000000"},
		{"the first 100 ns of 1970", kindFileTime, "\x01\x80\x3e\xd5\xde\xb1\x9d\x01", "1970-01-01T00:00:00.000000100Z"},
		{"milliseconds of a SYSTEMTIME", kindSysTime, "\xe8\x07\x05\x00\x01\x00\x06\x00\x07\x00\x08\x00\x09\x00\x7b\x00", "2024-05-06T07:08:09.123Z"},
		{"bytes", kindBinary, "\x0a\xff", "0AFF"},
		{"a list of strings", kindArray | kindString, "a\x00\x00\x00b\x00\x00\x00", "a\nb"},
		{"a list of numbers ends with its bytes", kindArray | kindUint16, "\x01\x00\x02\x00", "1\n2"},
		{"half a number at the end", kindArray | kindUint16, "\x01\x00\x02", "010002"},
		{"a type nobody knows", 0x1f, "\x01", "01"},
	}
	for _, c := range cases {
		if got := text(c.kind, []byte(c.b)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.why, got, c.want)
		}
	}
}

// TestNumbersWritten: a string of digits is read as the number that its text says, and nothing else is.
func TestNumbersWritten(t *testing.T) {
	cases := []struct {
		why, text string
		want      uint64
		number    bool
	}{
		{"a port", "443", 443, true},
		{"nothing but zeros", "000", 0, true},
		{"the most digits that surely fit", "9999999999999999999", 9999999999999999999, true},
		{"more", "10000000000000000000", 0, false},
		{"none", "", 0, false},
		{"hexadecimal, which its text tells", "0x1bb", 0, false},
		{"a sign", "+1", 0, false},
		{"a space", "443 ", 0, false},
	}
	for _, c := range cases {
		wide := strings.Join(strings.Split(c.text+" ", ""), "\x00")
		if n, ok := (value{kind: kindString, b: []byte(wide[:2*len(c.text)])}).uint(); n != c.want || ok != c.number {
			t.Errorf("%s: %d, %v", c.why, n, ok)
		}
	}
	for _, b := range []string{"4\x004\x003", "4\x004\x00\x34\x01"} {
		if n, ok := (value{kind: kindString, b: []byte(b)}).uint(); ok {
			t.Errorf("half a character, and one of another script: %d", n)
		}
	}
}
