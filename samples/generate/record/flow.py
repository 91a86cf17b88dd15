"""Writes the largest UDP flow among lines of "source port, destination port, payload in hex" as a transcript: flow.py ABOUT"""
import base64
import collections
import sys

KEEP = 48  # bytes of a media packet; everything else is kept whole


def media(data):
    """RTP and RTCP, by the first byte (RFC 7983)."""
    return 128 <= data[0] <= 191


flows = collections.defaultdict(list)
seen = set()
for line in sys.stdin:
    source, destination, payload = line.split()
    if (source, payload) in seen:  # the "any" interface shows a packet going out and coming in
        continue
    seen.add((source, payload))
    flows[tuple(sorted((source, destination)))].append((source, bytes.fromhex(payload)))
flow = max(flows.values(), key=len)
print("#", sys.argv[1])
print("udp")
for source, data in flow:
    side = ">" if source == flow[0][0] else "<"
    head = data[:KEEP] if media(data) else data
    print(side, base64.b64encode(head).decode())
    if len(head) < len(data):
        print(side, f"*{len(data) - len(head)}")
