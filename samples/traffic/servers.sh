# The servers of record, each at an address of its own. Files are random, so that nothing compresses.
mkdir -p "$work/www/drop" "$work/share" "$work/smb/rpc" "$work/chrony"
head -c 40000 /dev/urandom >"$work/www/report.bin"
head -c 15000 /dev/urandom >"$work/www/page.bin"
head -c 30000 /dev/urandom >"$work/upload.bin"
head -c 20000 /dev/urandom >"$work/share/plan.bin"
chmod -R a+rwX "$work/www" "$work/share"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj "/O=Example/CN=www.example.test" \
    -addext "subjectAltName=DNS:www.example.test,DNS:files.example.test" -keyout "$work/key.pem" -out "$work/cert.pem" 2>>"$work/log"
cat >"$work/nginx.conf" <<CONF
user root; daemon off; pid $work/nginx.pid; error_log $work/nginx.log; worker_processes 1; events {}
http {
  access_log off; client_max_body_size 0; client_body_temp_path $work/body; root $work/www; server_tokens off;
  ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem; ssl_protocols TLSv1.2 TLSv1.3;
  server { listen 80; listen [::]:80; listen 443 ssl http2; listen 50443 ssl; location /drop { dav_methods PUT; } }
  server { listen 8080 http2; }
}
CONF
background server nginx -c "$work/nginx.conf"

cat >"$work/dnsmasq.conf" <<CONF
no-daemon
no-resolv
no-hosts
user=root
bind-interfaces
listen-address=198.51.100.24,2001:db8:2::20
edns-packet-max=4096
local=/example.test/
host-record=www.example.test,198.51.100.20,2001:db8:2::20
cname=alias.example.test,www.example.test
CONF
words=$(head -c 180 /dev/zero | tr '\0' 'x')
for i in $(seq 16); do echo "txt-record=big.example.test,${words}$(printf %02d "$i")"; done >>"$work/dnsmasq.conf"
background server dnsmasq --conf-file="$work/dnsmasq.conf"

cat >"$work/smb.conf" <<CONF
[global]
workgroup = EXAMPLE
netbios name = FILES
smb ports = 445
interfaces = 198.51.100.21 198.51.100.22
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
path = $work/share
read only = no
force user = root
CONF
printf 'correct-horse\ncorrect-horse\n' | smbpasswd -c "$work/smb.conf" -s -a nobody >>"$work/log" 2>&1
# smbd ends its process group with itself.
background server setsid smbd --foreground --no-process-group --configfile="$work/smb.conf"

for k in host user; do ssh-keygen -q -t ed25519 -N '' -f "$work/$k-key"; done
mkdir -p /run/sshd
cat >"$work/sshd_config" <<CONF
ListenAddress 198.51.100.23
HostKey $work/host-key
AuthorizedKeysFile $work/user-key.pub
PidFile $work/sshd.pid
StrictModes no
UsePAM no
PermitTunnel yes
CONF
background server /usr/sbin/sshd -D -e -f "$work/sshd_config"

background server chronyd -d -x -f /dev/null "bindaddress 198.51.100.25" "local stratum 8" "allow all" "cmdport 0" "pidfile $work/chrony/server.pid" "bindcmdaddress /"
sleep 2
