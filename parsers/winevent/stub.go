package winevent
import "github.com/wirewitness/wirewitness/parsers/evidence"
type event struct { *Record; hash Hash }
func ParseStamp(text, field string) (evidence.Stamp, bool) { return evidence.Stamp{}, false }
func sysmonStart(e *event) statement {return nil}
func sysmonConnection(e *event) statement {return nil}
func sysmonExit(e *event) statement {return nil}
func sysmonThread(e *event) statement {return nil}
func sysmonAccess(e *event) statement {return nil}
func sysmonQuery(e *event) statement {return nil}
func securityStart(e *event) statement {return nil}
func securityExit(e *event) statement {return nil}
func platformConnection(e *event) statement {return nil}
func platformBlocked(e *event) statement {return nil}
func platformBind(e *event) statement {return nil}
func clientQuery(e *event) statement {return nil}
func clientAnswer(e *event) statement {return nil}
func logCleared(e *event) statement {return nil}
