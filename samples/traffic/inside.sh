# Runs inside the kernel that kernel.sh starts: tunnels and links between two namespaces, a page through each.
#   client 192.0.2.10 -- 192.0.2.20 server
. "$here/steps.sh"
pids=()
asker=client
for n in client server; do
    ip netns add ww-$n
    on $n ip link set lo up
    on $n sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
done
ip link add eth0 netns ww-client type veth peer name eth0 netns ww-server
on client ip addr add 192.0.2.10/24 dev eth0
on server ip addr add 192.0.2.20/24 dev eth0
for n in client server; do on $n ip link set eth0 up; done

mkdir -p "$work/inner"
head -c 6000 /dev/urandom >"$work/inner/page.bin"
chmod a+rx "$work" && chmod -R a+rX "$work/inner"
cat >"$work/inner.conf" <<CONF
user root; daemon off; pid $work/inner.pid; error_log $work/inner.log; worker_processes 1; events {}
http { access_log off; root $work/inner; server_tokens off; server { listen 80; listen [::]:80; } }
CONF
background server nginx -c "$work/inner.conf"
sleep 2

# fetch RESP JSON: the page from an address, with what is known of the way.
fetch() {
    page http "$1:80" "$(jq -c '. + {http: {host: "www.example.test", uri: "/page.bin", method: "GET", requests: 1}}' <<<"$2")" \
        --connect-to "www.example.test::$1:" http://www.example.test/page.bin
}

# tunnel KIND NAME NET OPTIONS: a device on either side, addresses within.
tunnel() {
    local kind=$1 net=$3
    on client ip link add $net type $kind local 192.0.2.10 remote 192.0.2.20 "${@:4}"
    on server ip link add $net type $kind local 192.0.2.20 remote 192.0.2.10 "${@:4}"
    local host=1
    for n in client server; do
        if [ $kind = sit ]; then on $n ip addr add 2001:db8:6::$host/64 dev $net; else on $n ip addr add 10.0.${net#t}.$host/24 dev $net; fi
        on $n ip link set $net up
        host=2
    done
    sleep 1
    if [ $kind = sit ]; then fetch '[2001:db8:6::2]' "{\"tunnel\":\"$2\"}"; else fetch 10.0.${net#t}.2 "{\"tunnel\":\"$2\"}"; fi
}
# kernel.pcap: Linux's own tunnels over IP, and both types of ERSPAN that carry a header.
listen kernel.pcap client eth0 ""
tunnel ipip ipip t20
tunnel sit 6in4 t21
tunnel gre gre t22 key 22
tunnel erspan erspan t23 seq key 23 erspan_ver 1 erspan 7
tunnel erspan erspan t24 seq key 24 erspan_ver 2 erspan_dir ingress erspan_hwid 3
heard

# nflog.pcap: what the filter of the kernel logs.
on client iptables-legacy -A OUTPUT -p tcp --dport 80 -j NFLOG --nflog-group 5
on client iptables-legacy -A INPUT -p tcp --sport 80 -j NFLOG --nflog-group 5
listen nflog.pcap client nflog:5 ""
fetch 192.0.2.20 '{"link":"nflog"}'
heard
on client iptables-legacy -F

# ppp.pcap: PPP over a pair of pseudo-terminals, as pppd itself records the bytes on its line.
capture=ppp.pcap
cat >"$work/far" <<FAR
#!/bin/bash
exec ip netns exec ww-server /usr/sbin/pppd notty nodetach local noauth nodefaultroute noccp novj noipv6 10.0.30.2:10.0.30.1
FAR
chmod +x "$work/far"
background client /usr/sbin/pppd pty "$work/far" record "$work/ppp.dump" nodetach local noauth nodefaultroute noccp novj noipv6 10.0.30.1:10.0.30.2
sleep 6
fetch 10.0.30.2 '{"link":"ppp"}'
sleep 1
kill "${pids[@]}"
sleep 2
editcap -F pcap "$work/ppp.dump" "$here/captures/ppp.pcap"
