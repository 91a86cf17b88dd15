# The namespaces of record: a client, a router that forwards, a server.
for n in client router server; do
    ip netns add ww-$n
    on $n ip link set lo up
    on $n sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
done
ip link add eth0 netns ww-client type veth peer name west netns ww-router
ip link add eth0 netns ww-server type veth peer name east netns ww-router
on client ip addr add 192.0.2.10/24 dev eth0
on router ip addr add 192.0.2.1/24 dev west
on router ip addr add 198.51.100.1/24 dev east
for i in 20 21 22 23 24 25 26; do on server ip addr add 198.51.100.$i/24 dev eth0; done
on client ip addr add 2001:db8:1::10/64 dev eth0
on router ip addr add 2001:db8:1::1/64 dev west
on router ip addr add 2001:db8:2::1/64 dev east
on server ip addr add 2001:db8:2::20/64 dev eth0
on client ip link set eth0 up
on server ip link set eth0 up
on router ip link set west up
on router ip link set east up
on client ip route add default via 192.0.2.1
on server ip route add default via 198.51.100.1
on client ip -6 route add default via 2001:db8:1::1
on server ip -6 route add default via 2001:db8:2::1
sleep 2
