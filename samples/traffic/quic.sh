# quic.pcap: a page over HTTP/3 in either version of QUIC. What JA4 must be follows from the fields that tshark reads.
background server python3 "$here/quic.py" 198.51.100.20 "$work/cert.pem" "$work/key.pem" "$work/www/page.bin"
sleep 3
listen quic.pcap client eth0 "udp port 443"
ports=()
for version in 1 2; do
    read -r size port <<<"$(on client python3 "$here/quic.py" 198.51.100.20 www.example.test $version)"
    [ "$size" = 15000 ]
    ports+=("$port")
done
heard
for port in "${ports[@]}"; do
    fields=$(tshark -r "$here/captures/quic.pcap" -Y "tls.handshake.type == 1 && udp.srcport == $port" -T json -e tls.handshake.ciphersuite \
        -e tls.handshake.extension.type -e tls.handshake.sig_hash_alg 2>>"$work/log" | jq -c '.[0]._source.layers')
    hex() { jq -r --arg of "$1" '.[$of][]' <<<"$fields" | sed 's/^0x//'; }
    list() { sort | paste -sd, | tr -d '\n'; }
    part() { sha256sum | cut -c-12; }
    extensions=$(jq -r '.["tls.handshake.extension.type"][]' <<<"$fields" | while read -r n; do printf '%04x\n' "$n"; done)
    ja4=$(printf 'q13d%02d%02dh3_%s_%s' "$(hex tls.handshake.ciphersuite | wc -l)" "$(wc -l <<<"$extensions")" \
        "$(hex tls.handshake.ciphersuite | list | part)" \
        "$({ grep -vx -e 0000 -e 0010 <<<"$extensions" | list; printf _; hex tls.handshake.sig_hash_alg | paste -sd, | tr -d '\n'; } | part)")
    expect "192.0.2.10:$port" 198.51.100.20:443 udp quic "$(jq -cn --arg ja4 "$ja4" \
        '{at_least: [0, 15000], tls: {sni: "www.example.test", alpn: ["h3"], ja4: $ja4, version: "TLSv13", established: true}}')"
done
