package zeek

import (
	"path/filepath"
	"testing"

	"github.com/wirewitness/wirewitness/parsers"
	"github.com/wirewitness/wirewitness/parsers/evidence"
	"github.com/wirewitness/wirewitness/parsers/parsertest"
)

// TestLogsBesideConn: in Zeek logs of the corpus every certificate that a handshake names is in x509, and every record
// of content belongs to a connection of conn with the same ends.
func TestLogsBesideConn(t *testing.T) {
	data := parsertest.Corpus(t)
	for _, path := range []string{
		"zeek/apt29/day1/SCRANTON-zeek_logs.zip", "zeek/apt29/day2/UTICA-A-zeek_logs.zip",
		"paired/LSASS_campaign_05/zeek/*.zip", "paired/LSASS_campaign_07/zeek/*.zip",
	} {
		sources, err := parsers.Run(t.Context(), []string{parsertest.Unzip(t, filepath.Join(data, path))}, []parsers.Format{Format}, parsers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		conns, certs := map[string]evidence.Conn{}, map[string]bool{}
		for _, s := range sources {
			for _, c := range s.Batch.Conns {
				conns[c.UID] = c
			}
			for _, c := range s.Batch.Certs {
				certs[c.ID] = true
			}
		}
		named := 0
		for _, s := range sources {
			for _, a := range s.Batch.Apps {
				c, known := conns[a.UID]
				if !known || a.Orig.IsValid() && (a.Orig != c.Orig || a.Resp != c.Resp) {
					t.Errorf("%s: %s line %d speaks of %v to %v, which is not in conn", path, s.Name, a.Ref.N, a.Orig, a.Resp)
				}
				if a.TLS == nil || a.TLS.CertID == "" {
					continue
				}
				if named++; !certs[a.TLS.CertID] {
					t.Errorf("%s: %s line %d names certificate %s, which is not in x509", path, s.Name, a.Ref.N, a.TLS.CertID)
				}
			}
		}
		if named == 0 || len(certs) == 0 {
			t.Errorf("%s: %d handshakes name a certificate, %d certificates", path, named, len(certs))
		}
	}
}
