# files.pcap: smbclient copies files to and from Samba, first in clear and then encrypted.
listen files.pcap client eth0 "tcp port 445"
copy() {
    on client smbclient "//$1/team" -s "$work/smb.conf" -U 'EXAMPLE\nobody%correct-horse' -m SMB3_11 "${@:2}" \
        -c "put $work/upload.bin upload.bin; get plan.bin $work/got" >>"$work/log" 2>&1
}
copy 198.51.100.21
expect "" 198.51.100.21:445 tcp smb "$(jq -cn '{smb: {dialect: "3.1.1", encrypted: false, share: "team", files: ["upload.bin", "plan.bin"],
    written: 30000, read: 20000, user: "nobody", domain: "EXAMPLE"}, at_least: [30000, 20000]}')"
copy 198.51.100.22 --client-protection=encrypt
expect "" 198.51.100.22:445 tcp smb "$(jq -cn '{smb: {dialect: "3.1.1", encrypted: true, user: "nobody", domain: "EXAMPLE"}, at_least: [30000, 20000]}')"
heard
