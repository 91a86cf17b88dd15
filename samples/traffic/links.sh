# raw.pcap: what goes through a tunnel that ssh makes, seen on the device inside it: IP without a link layer.
background client ssh -N -w 0:0 -o Tunnel=point-to-point -i "$work/user-key" -o UserKnownHostsFile="$work/known" -o IdentitiesOnly=yes root@198.51.100.23
sleep 2
on client ip addr add 10.0.11.1 peer 10.0.11.2 dev tun0
on server ip addr add 10.0.11.2 peer 10.0.11.1 dev tun0
for n in client server; do on $n ip link set tun0 up; done
asker=client
listen raw.pcap client tun0 "tcp"
page http 10.0.11.2:80 '{"link":"raw","http":{"host":"www.example.test","uri":"/page.bin","method":"GET","requests":1}}' \
    --connect-to www.example.test::10.0.11.2: http://www.example.test/page.bin
heard

# cooked.pcap: all interfaces in the older form (SLL), 128 bytes of each packet. Lengths come from headers; of the content there
# is enough to tell the protocol.
listen cooked.pcap client any "tcp port 80" -y LINUX_SLL -s 128
page http 198.51.100.20:80 '{"link":"linux-sll","cut":true}' $(at www.example.test) http://www.example.test/page.bin
heard
