# The servers of record.sh, on loopback ports from 8000 on.

# Files of sizes that matter. Their content is random, so that nothing compresses.
for f in 180MB 400MB 60MB; do head -c "${f%MB}000000" /dev/urandom >"$work/$f"; done
head -c 40000 /dev/urandom >"$work/notes.docx"
mkdir -p "$work/www" "$work/team" "$work/drop"
head -c 90000 /dev/urandom >"$work/team/plan.xlsx"
head -c 120000 /dev/urandom >"$work/www/image.bin"
echo -n "connected" >"$work/www/connect.txt"
echo '{"version":"3.1.4","changed":false}' >"$work/www/small.json"
{ echo '<html><body><img src="/image.bin">'; head -c 30000 /dev/urandom | base64; echo '</body></html>'; } >"$work/www/page.html"

# A private authority and a certificate per name.
ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365"
openssl req -x509 $ec -subj "/O=Example Trust/CN=Example Trust Root" -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
openssl req -x509 $ec -subj "/CN=localhost" -keyout "$work/self.key" -out "$work/self.pem" 2>/dev/null
sites="www.news.test www.shop.test mail.office.test wiki.example.org files.example.net upload.example.com update.apps.test drive.office.test chat.office.test app.example.com api.example.org sync.example.com backup01.corp.test"
for s in $sites; do
    openssl req $ec -subj "/CN=$s" -keyout "$work/$s.key" -out "$work/$s.csr" 2>/dev/null
    openssl x509 -req -in "$work/$s.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 90 \
        -extfile <(echo "subjectAltName=DNS:$s") -out "$work/$s.pem" 2>/dev/null
done

{
    echo "user root; daemon off; pid $work/nginx.pid; error_log $work/nginx.log; events {}"
    echo "http { access_log off; client_max_body_size 0; client_body_temp_path $work/body; root $work/www;"
    echo "ssl_protocols TLSv1.2 TLSv1.3;"
    for s in $sites; do
        echo "server { listen 127.0.0.1:8443 ssl http2; server_name $s; ssl_certificate $work/$s.pem; ssl_certificate_key $work/$s.key;"
        echo "  location /upload { proxy_pass http://127.0.0.1:8081; } }"
    done
    echo "server { listen 127.0.0.1:8444 ssl; ssl_certificate $work/self.pem; ssl_certificate_key $work/self.key; location /submit { proxy_pass http://127.0.0.1:8081; } }"
    echo "server { listen 127.0.0.1:8082; server_name connect.office.test; }"
    echo "server { listen 127.0.0.1:8081; location / { return 200 'ok'; } }"
    echo "}"
} >"$work/nginx.conf"
nginx -c "$work/nginx.conf" & pids="$pids $!"

# The zones come from names.txt and the addresses below; the tunnel's zone from random labels.
python3 "$here/zones.py" "$work" "$here/names.txt"
named -g -c "$work/named.conf" 2>"$work/named.log" & pids="$pids $!"

chronyd -d -x -f /dev/null "port 8123" "bindaddress 127.0.0.1" "local stratum 2" "allow 127.0.0.1" "cmdport 0" "pidfile $work/ntpd.pid" >"$work/chrony.log" 2>&1 & pids="$pids $!"

cat >"$work/smb.conf" <<CONF
[global]
workgroup = CORP
netbios name = FS01
smb ports = 8445
interfaces = lo
bind interfaces only = yes
disable netbios = yes
load printers = no
private dir = $work/smb
lock directory = $work/smb
state directory = $work/smb
cache directory = $work/smb
pid directory = $work/smb
log file = $work/smb/log
ncalrpc dir = $work/smb/rpc
[team]
path = $work/team
read only = no
force user = root
[drop]
path = $work/drop
read only = no
force user = root
CONF
mkdir -p "$work/smb/rpc"
id jdoe >/dev/null 2>&1 || useradd --no-create-home --shell /usr/sbin/nologin jdoe
printf 'correct-horse\ncorrect-horse\n' | smbpasswd -c "$work/smb.conf" -s -a jdoe >/dev/null
# smbd ends its process group with itself.
setsid smbd --foreground --no-process-group --configfile="$work/smb.conf" </dev/null & pids="$pids $!"

for side in server client; do
    port=$([ $side = server ] && echo 8088 || echo 9088)
    cat >"$work/krb5-$side.conf" <<CONF
[libdefaults]
default_realm = CORP.TEST
dns_lookup_kdc = false
dns_canonicalize_hostname = false
rdns = false
udp_preference_limit = 1
default_ccache_name = FILE:$work/ccache
[realms]
CORP.TEST = {
 kdc = 127.0.0.1:$port
}
CONF
done
cat >"$work/kdc.conf" <<CONF
[kdcdefaults]
kdc_ports = 8088
kdc_tcp_ports = 8088
[realms]
CORP.TEST = {
 database_name = $work/principal
 key_stash_file = $work/stash
}
CONF
export KRB5_KDC_PROFILE=$work/kdc.conf
KRB5_CONFIG=$work/krb5-server.conf kdb5_util create -s -r CORP.TEST -P master >/dev/null
KRB5_CONFIG=$work/krb5-server.conf kadmin.local -r CORP.TEST -q "addprinc +requires_preauth -pw correct-horse jdoe" >/dev/null
KRB5_CONFIG=$work/krb5-server.conf kadmin.local -r CORP.TEST -q "addprinc -randkey cifs/fs01.corp.test" >/dev/null
KRB5_CONFIG=$work/krb5-server.conf krb5kdc -n -r CORP.TEST >/dev/null & pids="$pids $!"

mkdir -p "$work/ldap"
cat >"$work/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile $work/slapd.pid
database mdb
suffix dc=corp,dc=test
directory $work/ldap
CONF
{
    printf 'dn: dc=corp,dc=test\nobjectClass: dcObject\nobjectClass: organization\no: Corp\ndc: corp\n\n'
    for u in jdoe asmith blee; do printf 'dn: cn=%s,dc=corp,dc=test\nobjectClass: inetOrgPerson\ncn: %s\nsn: %s\nmail: %s@corp.test\n\n' $u $u $u $u; done
} >"$work/users.ldif"
slapadd -f "$work/slapd.conf" -l "$work/users.ldif" 2>/dev/null
slapd -d 0 -f "$work/slapd.conf" -h ldap://127.0.0.1:8389 & pids="$pids $!"

# A printer that takes whatever comes to its raw port.
python3 -c '
import socketserver
class Printer(socketserver.StreamRequestHandler):
    def handle(self):
        while self.request.recv(65536): pass
socketserver.TCPServer(("127.0.0.1", 8100), Printer).serve_forever()' & pids="$pids $!"

sleep 3
