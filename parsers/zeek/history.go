package zeek

// letters are those that a history has: upper case for the originator, lower case for the responder, and ^.
//
// https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html#field-Conn::Info$history
type letters uint64

func lettersOf(history string) (all letters) {
	for i := range len(history) {
		if c := history[i]; c-'@' < 64 {
			all |= 1 << (c - '@')
		}
	}
	return all
}

func (l letters) any(of letters) bool { return l&of != 0 }

// What is asked of histories.
var (
	opening  = lettersOf("Sh")
	anySYN   = lettersOf("SsHh")
	turned   = lettersOf("^")
	data     = lettersOf("Dd")
	origGap  = lettersOf("G")
	respGap  = lettersOf("g")
	origBad  = lettersOf("C") // wrong checksums
	respBad  = lettersOf("c")
	origSeen = lettersOf("SHADFRTGWIQZ")
	respSeen = lettersOf("shadfrtgwiqz")
	answered = lettersOf("HADF") // of the originator: a SYN alone may have had no answer, an ACK had one
)
