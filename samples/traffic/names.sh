# names.pcap: dig asks dnsmasq, over UDP and TCP, also for answers that travel in fragments; then a time query and an SSH
# session. Listened to on all interfaces at once (SLL2).
listen names.pcap client any "not tcp port 80"

# ask RESP TRANSPORT PORT JSON DIG-ARGUMENTS
ask() {
    local server=$1 orig=$2 transport=$3 port=$4 known=$5; shift 5
    on client dig "@$server" +tries=1 +noall "-b$orig#$port" "$@" >>"$work/log"
    [[ $server == *:* ]] && server="[$server]" && orig="[$orig]"
    expect "$orig:$port" "$server:53" "$transport" dns "{\"dns\":$known}"
}
# Each of the 16 texts is 182 bytes and one for its length.
s4=198.51.100.24 s6=2001:db8:2::20 c4=192.0.2.10 c6=2001:db8:1::10
ask $s4 $c4 udp 40001 '{"name":"www.example.test","type":1,"rcode":0,"answers":["198.51.100.20"]}' www.example.test A
ask $s4 $c4 udp 40002 '{"name":"www.example.test","type":28,"rcode":0,"answers":["2001:db8:2::20"]}' www.example.test AAAA
ask $s4 $c4 udp 40003 '{"name":"none.example.test","type":1,"rcode":3,"answers":[]}' none.example.test A
ask $s4 $c4 udp 40004 '{"name":"alias.example.test","type":1,"rcode":0,"answers":["198.51.100.20"],"aliases":["www.example.test"]}' alias.example.test A
ask $s4 $c4 tcp 40005 '{"name":"www.example.test","type":1,"rcode":0,"answers":["198.51.100.20"]}' +tcp www.example.test A
ask $s4 $c4 tcp 40006 '{"name":"big.example.test","type":16,"rcode":0,"answers":[],"texts":2928}' +tcp big.example.test TXT
ask $s4 $c4 udp 40007 '{"name":"big.example.test","type":16,"rcode":0,"answers":[],"texts":2928}' +bufsize=4096 +ignore big.example.test TXT
ask $s6 $c6 udp 40008 '{"name":"big.example.test","type":16,"rcode":0,"answers":[],"texts":2928}' +bufsize=4096 +ignore big.example.test TXT

on client chronyd -Q -t 10 -f /dev/null "server 198.51.100.25 iburst maxsamples 1" "cmdport 0" "pidfile $work/chrony/client.pid" "bindcmdaddress /" >>"$work/log" 2>&1
expect "" 198.51.100.25:123 udp ntp '{}'

on client ssh -v -i "$work/user-key" -o UserKnownHostsFile="$work/known" -o StrictHostKeyChecking=accept-new -o IdentitiesOnly=yes \
    root@198.51.100.23 'head -c 5000 /dev/zero' >"$work/got" 2>"$work/ssh.log"
expect "" 198.51.100.23:22 tcp ssh "$(jq -cn --arg c "$(sed -n 's/.*Local version string //p' "$work/ssh.log" | tr -d '\r')" \
    --arg s "SSH-2.0-$(sed -n 's/.*remote software version //p' "$work/ssh.log" | tr -d '\r')" '{ssh: {client: $c, server: $s}, at_least: [0, 5000]}')"
heard
