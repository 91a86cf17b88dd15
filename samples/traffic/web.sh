# web.pcap: nginx and curl, over HTTP and TLS, at their ports and at others, IPv4 and IPv6. On the client, so that segments are
# larger than packets and checksums are left to a card that is not there.
listen web.pcap client eth0 "tcp"

page http 198.51.100.20:80 '{"http":{"host":"www.example.test","uri":"/report.bin","method":"GET","requests":1}}' \
    $(at www.example.test) http://www.example.test/report.bin
page http 198.51.100.20:80 '{"http":{"host":"files.example.test","uri":"/drop/upload.bin","method":"PUT","requests":1}}' \
    $(at files.example.test) -H Expect: -T "$work/upload.bin" http://files.example.test/drop/upload.bin
page http '[2001:db8:2::20]:80' '{"http":{"host":"www.example.test","uri":"/page.bin","method":"GET","requests":1}}' \
    --connect-to 'www.example.test::[2001:db8:2::20]:' http://www.example.test/page.bin
page http 198.51.100.20:8080 '{"http":{"host":"www.example.test:8080","uri":"/page.bin","method":"GET","requests":1,"resp_body":15000,"status":200}}' \
    --http2-prior-knowledge $(at www.example.test) http://www.example.test:8080/page.bin
page tls 198.51.100.20:443 '{"tls":{"sni":"www.example.test","alpn":["h2","http/1.1"],"chosen":"","version":"TLSv13","established":true}}' \
    $(at www.example.test) https://www.example.test/page.bin
page tls 198.51.100.20:443 '{"tls":{"sni":"files.example.test","alpn":["http/1.1"],"chosen":"http/1.1","version":"TLSv12","subject":"CN=www.example.test,O=Example","self_signed":true,"established":true}}' \
    --http1.1 --tls-max 1.2 $(at files.example.test) -T "$work/upload.bin" https://files.example.test/drop/again.bin
page tls 198.51.100.20:50443 '{"tls":{"sni":"www.example.test","alpn":["h2","http/1.1"],"chosen":"http/1.1","version":"TLSv12","established":true}}' \
    --tls-max 1.2 $(at www.example.test) https://www.example.test:50443/page.bin
heard
