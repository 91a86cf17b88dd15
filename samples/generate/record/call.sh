# A video call for record.sh: two ends in one page of the browser talk STUN, DTLS and SRTP to each other over loopback,
# tcpdump listens, and the largest flow becomes the transcript.
cat >"$work/www/call.html" <<'HTML'
<canvas id=c width=160 height=120></canvas><script>
const draw = c.getContext('2d'); setInterval(() => { draw.fillStyle = '#' + Math.random().toString(16).slice(2, 8); draw.fillRect(0, 0, 160, 120) }, 100);
const a = new RTCPeerConnection(), b = new RTCPeerConnection();
a.onicecandidate = e => e.candidate && b.addIceCandidate(e.candidate);
b.onicecandidate = e => e.candidate && a.addIceCandidate(e.candidate);
const camera = c.captureStream(10);
a.addTrack(camera.getTracks()[0], camera); b.addTrack(camera.getTracks()[0].clone(), camera);
(async () => {
  await a.setLocalDescription(await a.createOffer()); await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription(await b.createAnswer()); await a.setRemoteDescription(b.localDescription);
})();
</script>
HTML
tcpdump -q -i any -w "$work/call.pcap" udp 2>/dev/null & listener=$!
sleep 1
timeout 16 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile-call" --disable-background-networking \
    --disable-features=WebRtcHideLocalIpsWithMdns --remote-debugging-port=0 "file://$work/www/call.html" >/dev/null 2>&1 || true
kill $listener; wait $listener || true
tshark -r "$work/call.pcap" -Y udp -T fields -e udp.srcport -e udp.dstport -e udp.payload 2>/dev/null |
    python3 "$here/flow.py" "$browser, both ends" >"$out/call.txt"
