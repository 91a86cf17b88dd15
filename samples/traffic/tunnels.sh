# vxlan.pcap: Linux's own VXLAN across the router. Packets that are full do not fit once they are wrapped: the stack cuts some
# into fragments, and leaves others to the card as segments larger than packets.
listen vxlan.pcap client eth0 "host 198.51.100.26"
on client ip link add vx0 type vxlan id 42 local 192.0.2.10 remote 198.51.100.26 dstport 4789
on server ip link add vx0 type vxlan id 42 local 198.51.100.26 remote 192.0.2.10 dstport 4789
on client ip addr add 203.0.113.1/24 dev vx0
on server ip addr add 203.0.113.2/24 dev vx0
for n in client server; do on $n ip link set vx0 mtu 1500 up; done
sleep 1
page http 203.0.113.2:80 '{"tunnel":"vxlan","http":{"host":"www.example.test","uri":"/page.bin","method":"GET","requests":1}}' \
    --connect-to www.example.test::203.0.113.2: http://www.example.test/page.bin
heard

# switches.pcap: what Linux here lacks comes from Open vSwitch in user space: a tagged VLAN, GRE and Geneve, a page each.
for n in left right; do
    ip netns add ww-$n
    on $n ip link set lo up
done
ip link add eth0 netns ww-left type veth peer name eth0 netns ww-right
switch() { # NAMESPACE: starts its switch
    mkdir -p "$work/ovs-$1"
    export OVS_RUNDIR=$work/ovs-$1 OVS_DBDIR=$work/ovs-$1 OVS_LOGDIR=$work/ovs-$1
    ovsdb-tool create "$OVS_DBDIR/conf.db" /usr/share/openvswitch/vswitch.ovsschema
    background "$1" ovsdb-server "$OVS_DBDIR/conf.db" --remote="punix:$OVS_RUNDIR/db.sock"
    sleep 1
    set_up() { ovs-vsctl --db="unix:$OVS_RUNDIR/db.sock" "$@"; }
    set_up --no-wait init
    background "$1" ovs-vswitchd "unix:$OVS_RUNDIR/db.sock" --disable-system
    sleep 1
}
host=1
for n in left right; do
    switch $n
    peer=$((3 - host))
    set_up add-br phy -- set bridge phy datapath_type=netdev -- add-port phy eth0 -- add-port phy v7 tag=7 -- set interface v7 type=internal
    on $n ip link set eth0 up
    on $n ip addr add 10.0.0.$host/24 dev phy
    on $n ip link set phy up
    on $n ip addr add 10.0.7.$host/24 dev v7
    on $n ip link set v7 up
    net=8
    for kind in gre geneve; do
        set_up add-br $kind -- set bridge $kind datapath_type=netdev -- add-port $kind t-$kind -- \
            set interface t-$kind type=$kind options:remote_ip=10.0.0.$peer options:key=$net
        on $n ip addr add 10.0.$net.$host/24 dev $kind
        on $n ip link set $kind mtu 1400 up
        net=$((net + 1))
    done
    host=$peer
done
sed "s/nginx.pid/right.pid/; s/ listen \[::\]:80;//" "$work/nginx.conf" >"$work/right.conf"
background right nginx -c "$work/right.conf"
sleep 2
listen switches.pcap left eth0 ""
asker=left
for way in "7 vlan" "8 gre" "9 geneve"; do
    set -- $way
    known="{\"tunnel\":\"$2\"}"
    [ "$2" = vlan ] && known='{"vlan":[7]}'
    page http "10.0.$1.2:80" "$(jq -c '. + {http: {host: "www.example.test", uri: "/page.bin", method: "GET", requests: 1}}' <<<"$known")" \
        --connect-to "www.example.test::10.0.$1.2:" http://www.example.test/page.bin
done
heard
