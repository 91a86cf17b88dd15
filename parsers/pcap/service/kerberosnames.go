package service

import (
	"slices"
	"strconv"

	"github.com/wirewitness/wirewitness/parsers/evidence"
)

// maxParts bounds the components of a principal's name.
const maxParts = 8

// readKerberos notes the principals and the refusal in a message.
func readKerberos(b []byte, to *evidence.Kerberos) {
	tag, body, _, ok := berNext(b)
	inside, ok2 := berInside(body, 0x30)
	if !ok || !ok2 {
		return
	}
	field := func(n byte) []byte { return berField(inside, 0xa0+n) }
	switch tag {
	case 0x6a, 0x6c: // AS-REQ, TGS-REQ
		asked, _ := berInside(field(4), 0x30)
		realm := kerberosText(berField(asked, 0xa2))
		principal(&to.Clients, berField(asked, 0xa1), realm)
		principal(&to.Services, berField(asked, 0xa3), realm)
	case 0x6b, 0x6d: // AS-REP, TGS-REP
		principal(&to.Clients, field(4), kerberosText(field(3)))
		ticket(&to.Services, field(5))
	case 0x6e: // AP-REQ
		ticket(&to.Services, field(3))
	case 0x7e: // KRB-ERROR
		principal(&to.Clients, field(8), kerberosText(field(7)))
		principal(&to.Services, field(10), kerberosText(field(9)))
		refusal(&to.Errors, field(6))
	}
}

// ticket notes for which service a ticket is.
func ticket(to *[]string, b []byte) {
	body, _ := berInside(b, 0x61)
	inside, _ := berInside(body, 0x30)
	principal(to, berField(inside, 0xa2), kerberosText(berField(inside, 0xa1)))
}

// principal notes a name, with its realm where there is one.
func principal(to *[]string, b []byte, realm []byte) {
	sequence, _ := berInside(b, 0x30)
	list, _ := berInside(berField(sequence, 0xa1), 0x30)
	name := make([]byte, 0, nameRoom)
	n := 0
	for ; len(list) > 0 && n < maxParts; n++ {
		_, part, rest, ok := berNext(list)
		if !ok {
			break
		}
		if list = rest; n > 0 {
			name = append(name, '/')
		}
		name = appendText(name, part)
	}
	if n == 0 {
		return
	}
	if len(realm) > 0 {
		name = appendText(append(name, '@'), realm)
	}
	if !slices.ContainsFunc(*to, func(have string) bool { return have == string(name) }) {
		note(to, string(name))
	}
}

// nameRoom is room for most names.
const nameRoom = 128

func kerberosText(b []byte) []byte {
	_, value, _, _ := berNext(b)
	return value
}

// refusal notes an error by its name.
func refusal(to *[]string, b []byte) {
	number, ok := berInside(b, 2)
	if !ok || len(number) == 0 || len(number) > 4 {
		return
	}
	code := 0
	for _, d := range number {
		code = code<<8 | int(d)
	}
	name := kerberosErrors[code]
	if name == "" {
		name = strconv.Itoa(code)
	}
	note(to, name)
}

// kerberosErrors names what a key distribution centre says when it refuses: https://www.rfc-editor.org/rfc/rfc4120#section-7.5.9
var kerberosErrors = map[int]string{
	1: "KDC_ERR_NAME_EXP", 2: "KDC_ERR_SERVICE_EXP", 3: "KDC_ERR_BAD_PVNO", 6: "KDC_ERR_C_PRINCIPAL_UNKNOWN",
	7: "KDC_ERR_S_PRINCIPAL_UNKNOWN", 8: "KDC_ERR_PRINCIPAL_NOT_UNIQUE", 9: "KDC_ERR_NULL_KEY", 12: "KDC_ERR_POLICY",
	13: "KDC_ERR_BADOPTION", 14: "KDC_ERR_ETYPE_NOSUPP", 16: "KDC_ERR_PADATA_TYPE_NOSUPP", 18: "KDC_ERR_CLIENT_REVOKED",
	20: "KDC_ERR_TGT_REVOKED", 23: "KDC_ERR_KEY_EXPIRED", 24: "KDC_ERR_PREAUTH_FAILED", 25: "KDC_ERR_PREAUTH_REQUIRED",
	26: "KDC_ERR_SERVER_NOMATCH", 31: "KRB_AP_ERR_BAD_INTEGRITY", 32: "KRB_AP_ERR_TKT_EXPIRED", 33: "KRB_AP_ERR_TKT_NYV",
	34: "KRB_AP_ERR_REPEAT", 36: "KRB_AP_ERR_BADMATCH", 37: "KRB_AP_ERR_SKEW", 41: "KRB_AP_ERR_MODIFIED",
	52: "KRB_ERR_RESPONSE_TOO_BIG", 60: "KRB_ERR_GENERIC", 68: "KDC_ERR_WRONG_REALM",
}
