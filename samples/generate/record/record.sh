#!/bin/bash
# Makes the transcripts: starts real servers on loopback, lets real clients talk to them through the relay in this
# folder, and writes what they said to ../transcript/recorded. To be run as root in a throw-away Debian 12 container:
#   apt-get install nginx-light bind9 bind9-dnsutils samba smbclient krb5-kdc krb5-user slapd ldap-utils chrony \
#       curl wget openssl chromium tcpdump tshark python3
# Keys, identifiers and times differ on every run, so the result is committed and not made again by the tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../transcript/recorded
work=$(mktemp -d)
pids=
stop() {
    for p in $pids; do kill "$p" 2>/dev/null || true; done
    sed '/update.apps.test/d' /etc/hosts >"$work/hosts" && cat "$work/hosts" >/etc/hosts
    rm -rf "$work"
}
trap stop EXIT
go build -C "$here" -o "$work/record" .
mkdir -p "$out"
chmod 755 "$work"

. "$here/servers.sh"
rm -f "$out"/*.txt

version() { "$@" 2>&1 | grep -m1 "[0-9]"; }
browser=$(chromium --version 2>/dev/null | cut -d" " -f1,2)

# rec NAME ABOUT LISTEN TO [OPTIONS] -- COMMAND: one transcript, or more conversations for one.
rec() {
    local name=$1 about=$2 listen=$3 to=$4; shift 4
    "$work/record" -o "$out/$name.txt" -about "$about" -listen "127.0.0.1:$listen" -to "127.0.0.1:$to" "$@"
}

curl="curl --silent --cacert $work/ca.pem --output /dev/null"
curl_about="$(curl --version | head -1 | cut -d' ' -f1-5), $(version nginx -v)"

# NAME SITE FILE: the browser opens a page.
browse() {
    rec "$1" "$browser, $(version nginx -v)" 9001 8443 -keep 6000 -label "$2" -- \
        timeout 20 chromium --headless --no-sandbox --disable-gpu --disable-quic --user-data-dir="$work/profile" \
        --ignore-certificate-errors --disable-background-networking --disable-component-update --disable-sync \
        --host-resolver-rules="MAP $2:443 127.0.0.1:9001, MAP * ~NOTFOUND" --virtual-time-budget=4000 \
        --dump-dom "https://$2/$3" >/dev/null 2>&1
}
browse browser-news www.news.test page.html
browse browser-shop www.shop.test page.html
browse browser-mail mail.office.test page.html
browse browser-wiki wiki.example.org page.html

echo "127.0.0.1 update.apps.test" >>/etc/hosts # wget has no other way to be told
# Programs of one vendor share a TLS library and differ in what they ask.
rec https-upload "$curl_about" 9001 8443 -label files.example.net -- \
    $curl --http1.1 --connect-to files.example.net:443:127.0.0.1:9001 -T "$work/180MB" https://files.example.net/upload/archive.bin
rec large-upload "$curl_about" 9001 8443 -label upload.example.com -- \
    $curl --http1.1 --connect-to upload.example.com:443:127.0.0.1:9001 -T "$work/400MB" https://upload.example.com/upload/media.bin
rec backup "$curl_about" 9001 8443 -label backup01.corp.test -- \
    $curl --http1.1 --connect-to backup01.corp.test:443:127.0.0.1:9001 -T "$work/60MB" https://backup01.corp.test/upload/WS-11.bak
rec update-check "$(version wget --version), $(version nginx -v)" 9001 8443 -label update.apps.test -- \
    wget -q -O /dev/null --ca-certificate="$work/ca.pem" --no-hsts -e https_proxy= --user-agent=AppsUpdater/3.1 https://update.apps.test:9001/small.json
rec drive-sync "$curl_about" 9001 8443 -label drive.office.test -- \
    $curl --connect-to drive.office.test:443:127.0.0.1:9001 https://drive.office.test/page.html https://drive.office.test/image.bin
rec chat "$curl_about" 9001 8443 -label chat.office.test -- \
    $curl --connect-to chat.office.test:443:127.0.0.1:9001 https://chat.office.test/small.json https://chat.office.test/page.html
rec connectivity "$curl_about" 9001 8082 -label connect.office.test -- \
    $curl --user-agent "Microsoft NCSI" --connect-to connect.office.test:80:127.0.0.1:9001 http://connect.office.test/connect.txt
rec app "$curl_about" 9001 8443 -label app.example.com -- \
    $curl --connect-to app.example.com:443:127.0.0.1:9001 https://app.example.com/page.html
for i in $(seq 40); do
    rec status "" 9001 8443 -label api.example.org -- \
        $curl --http1.1 --connect-to api.example.org:443:127.0.0.1:9001 https://api.example.org/small.json
done
sed -i "1i # $curl_about" "$out/status.txt"
rec port53 "$curl_about" 9001 8443 -label sync.example.com -- \
    $curl --connect-to sync.example.com:53:127.0.0.1:9001 https://sync.example.com:53/page.html

# A self-signed certificate asked for by address: no server name in the hello.
for i in $(seq 48); do
    rec beacon "" 9001 8444 -- \
        $curl -k --tls-max 1.2 --http1.1 --connect-to 203.0.113.7:50995:127.0.0.1:9001 -d "$(head -c $((150 + i % 7 * 16)) /dev/urandom | base64 -w0)" https://203.0.113.7:50995/submit
done
sed -i "1i # $curl_about, self-signed" "$out/beacon.txt"
rec bare-address "$(version openssl version) s_client, $(version nginx -v), self-signed" 9001 8444 -- \
    sh -c "(printf 'GET /page.html HTTP/1.0\r\n\r\n'; sleep 1) | openssl s_client -quiet -noservername -tls1_2 -connect 127.0.0.1:9001 >/dev/null 2>&1"

# Names: one question per socket, as the Windows resolver asks.
dig="dig @127.0.0.1 -p 9053 +noedns +noadflag +tries=1"
dns_about="$(version dig -v), $(version named -v)"
while read -r name type; do
    rec names "" 9053 8053 -udp -label "$name $type" -- $dig "$name" "$type" >/dev/null
done <"$here/names.txt"
sed -i "1i # $dns_about" "$out/names.txt"
rec tunnel "$dns_about; the answers are random bytes" 9053 8053 -udp -- $dig -f "$work/tunnel-questions" >/dev/null

rec ntp "$(version chronyd --version | cut -d'(' -f1)" 9123 8123 -udp -- \
    timeout 20 chronyd -Q -f /dev/null "server 127.0.0.1 port 9123 iburst" "cmdport 0" "pidfile $work/ntpc.pid" >/dev/null 2>&1

smb_about="$(version smbclient --version) as client and server"
rec smb-upload "$smb_about" 9445 8445 -keep 12000 -- \
    smbclient //203.0.113.45/drop -I 127.0.0.1 -p 9445 -s "$work/smb.conf" -U 'CORP\jdoe%correct-horse' -m SMB3_11 \
    -c "put $work/60MB projects.zip"
rec smb-files "$smb_about" 9445 8445 -keep 12000 -- \
    smbclient //fs01.corp.test/team -I 127.0.0.1 -p 9445 -s "$work/smb.conf" -U 'CORP\jdoe%correct-horse' -m SMB3_11 \
    -c "ls; get plan.xlsx $work/plan.xlsx; put $work/notes.docx notes.docx"

KRB5_CONFIG=$work/krb5-client.conf rec kerberos "$(dpkg-query -f 'MIT Kerberos ${Version}' -W krb5-kdc)" 9088 8088 -- \
    sh -c "echo correct-horse | kinit jdoe@CORP.TEST >/dev/null && kvno -q cifs/fs01.corp.test@CORP.TEST"
rec ldap "$(dpkg-query -f 'OpenLDAP ${Version}' -W slapd)" 9389 8389 -- \
    ldapsearch -x -H ldap://127.0.0.1:9389 -b dc=corp,dc=test '(objectClass=*)' >/dev/null
chromium --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" --print-to-pdf="$work/print.pdf" "file://$work/www/page.html" >/dev/null 2>&1
rec print "a PDF by $browser, sent raw" 9100 8100 -- bash -c "cat $work/print.pdf >/dev/tcp/127.0.0.1/9100"

. "$here/call.sh"
