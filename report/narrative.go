package report

import (
	"fmt"
	"time"

	"github.com/wirewitness/wirewitness/analyze/finding"
	"github.com/wirewitness/wirewitness/parsers/evidence"
)

const notAProof = "A finding is a reason to look, not a proof: it says what the records state and what speaks for and against it. "

// narrative says in sentences for readers who are no analysts what was looked at, what stands out, and how far it
// can be relied on.
func narrative(doc *finding.Document) []string {
	known := attributedSentence(&doc.Coverage.Totals)
	if len(doc.Findings) == 0 {
		return []string{examined(doc), known}
	}
	return []string{examined(doc), foremost(&doc.Findings[0]), notAProof + known}
}

func examined(doc *finding.Document) string {
	t := &doc.Coverage.Totals
	if t.Connections == 0 {
		return "No network connection could be read from the evidence."
	}
	what := fmt.Sprintf("%s of %s %s examined. ", counted(t.Connections, "connection"), counted(t.Hosts, "host"), wereWas(t.Connections))
	if len(doc.Findings) == 0 {
		return what + "None is reported" + atOrAbove(doc) + "."
	}
	return what + fmt.Sprintf("%s reported: %s.", isAre(len(doc.Findings), counted(len(doc.Findings), "finding")), severityCounts(bySeverity(doc.Findings)))
}

func isAre(n int, what string) string {
	if n == 1 {
		return what + " is"
	}
	return what + " are"
}

func wereWas(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// foremost retells the first finding.
func foremost(f *finding.Finding) string {
	return fmt.Sprintf("The foremost is of %s severity: on host %s, %s %s. Together the facts suggest: %s.", f.Severity, hostText(f), actor(f), deed(f), f.Hypothesis)
}

func actor(f *finding.Finding) string {
	name := programName(&f.Process)
	switch {
	case name == "":
		return "a program that is not known"
	case f.Attribution.Confidence < 0.5:
		return "perhaps the program " + name
	}
	return "the program " + name
}

func deed(f *finding.Finding) string {
	peer := peerName(&f.Peer)
	if f.Inbound {
		return fmt.Sprintf("was contacted by %s and sent %s back", peer, amount(f.Sent))
	}
	if f.Peer.Port == 0 {
		return fmt.Sprintf("sent %s to %s", amount(f.Sent), peer)
	}
	return fmt.Sprintf("sent %s to %s, port %d", amount(f.Sent), peer, f.Peer.Port)
}

func amount(c evidence.Count) string {
	if !c.Known {
		return "an amount of data that was not measured"
	}
	return Bytes(c.N)
}

func attributedSentence(t *finding.Totals) string {
	if t.OutboundBytes == 0 {
		return "How much data left the hosts was not measured."
	}
	sentence := fmt.Sprintf("The evidence names the program for %s of the %s that were seen leaving the hosts", shareText(t.AttributedBytes, t.OutboundBytes), Bytes(t.OutboundBytes))
	if t.AttributedBytes < t.OutboundBytes {
		sentence += "; for the rest it does not"
	}
	return sentence + "."
}

// period is the time all findings together span.
func period(findings []finding.Finding) string {
	var first, last time.Time
	for i := range findings {
		f := &findings[i]
		if first.IsZero() || !f.First.IsZero() && f.First.Before(first) {
			first = f.First
		}
		last = maxTime(last, f.Last)
	}
	if first.IsZero() && last.IsZero() {
		return ""
	}
	return spanText(first, last)
}

// captureLosses says what a capture does not show.
func captureLosses(c finding.CaptureCoverage) string {
	lost := "frames lost: the capture does not say"
	if c.Dropped.Known {
		lost = counted(c.Dropped.N, "frame") + " lost by the capture's own count"
	}
	text := fmt.Sprintf("%s; %s of payload missed; %s cut short; %s begun before the capture; %s seen from one side only",
		lost, Bytes(c.Missed), counted(c.CutFrames, "frame"), counted(c.MidStream, "connection"), counted(c.OneSided, "connection"))
	if c.Undecoded > 0 {
		text += "; " + counted(c.Undecoded, "frame") + " not readable"
	}
	return text
}

// problemLine is what went wrong in a file, and where in it.
func problemLine(p *evidence.Problem) string {
	text := string(p.Kind) + ": " + problemText(p) + lostText(p.Lost, p.Known)
	if p.Ref.Unit == "" {
		return text
	}
	return fmt.Sprintf("%s %d, %s", p.Ref.Unit, p.Ref.N, text)
}

func moreProblems(f *finding.File) string {
	if more := f.ProblemsTotal - len(f.Problems); more > 0 {
		return counted(more, "more problem")
	}
	return ""
}
