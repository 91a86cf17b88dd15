# What the kernel of the machine may lack, Debian's own has: it runs as a program (user-mode Linux) over the same files.
cat >"$work/init" <<INIT
#!/bin/bash
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t tmpfs run /run
mkdir -p /run/lib && ln -s /usr/lib/uml/modules /run/lib/modules
printf '#!/bin/sh\nexec modprobe -d /run "\$@"\n' >/run/modprobe && chmod +x /run/modprobe
echo /run/modprobe >/proc/sys/kernel/modprobe
modprobe -d /run -a ipv6 nfnetlink_log ppp_async
work=$work here=$here expects=$expects bash -euxo pipefail "$here/inside.sh" >>"$work/inside" 2>&1 || echo failed >>"$work/inside"
sync
echo o >/proc/sysrq-trigger
sleep 5
INIT
chmod +x "$work/init"
linux.uml mem=512M rootfstype=hostfs rw init="$work/init" con=null con0=fd:0,fd:1 </dev/null >>"$work/log" 2>&1 || true
if grep -q ^failed "$work/inside" || [ ! -s "$expects" ]; then cat "$work/inside" >&2; exit 1; fi
