"""Writes named.conf and the zones of record.sh: zones.py FOLDER NAMES"""
import base64
import os
import sys

ADDRESSES = {
    "www.news.test": "198.51.100.11", "connect.office.test": "198.51.100.35", "www.shop.test": "198.51.100.21",
    "mail.office.test": "198.51.100.31", "chat.office.test": "198.51.100.32", "drive.office.test": "198.51.100.33",
    "call.office.test": "198.51.100.34", "update.apps.test": "198.51.100.60", "wiki.example.org": "198.51.100.70",
    "api.example.org": "203.0.113.80", "app.example.com": "203.0.113.85", "upload.example.com": "203.0.113.90",
    "sync.example.com": "203.0.113.95", "files.example.net": "203.0.113.40", "backup01.corp.test": "10.20.0.31",
    "fs01.corp.test": "10.20.0.20", "prt01.corp.test": "10.20.0.60", "dc01.corp.test": "10.20.0.10",
}
ADDRESSES6 = {"wiki.example.org": "2001:db8:70::1"}
QUESTIONS = 200  # of the tunnel


def soa(apex):
    return ["$TTL 300", f"@ IN SOA ns.{apex}. admin.{apex}. 1 3600 600 86400 300", "@ IN NS ns", "ns IN A 192.0.2.53"]


def tunnel():
    """Questions of ever new labels and answers of TXT and, one in four, NULL: random bytes both ways."""
    zone, questions = soa("example.net"), []
    zone.append(f"files IN A {ADDRESSES['files.example.net']}")
    for i in range(QUESTIONS):
        text = base64.b32encode(os.urandom(60)).decode().rstrip("=").lower()
        name = f"{i:04x}{text[:52]}.{text[52:]}.d"
        data = os.urandom(135)
        if i % 4 == 3:
            zone.append(f"{name} IN TYPE10 \\# {len(data)} {data.hex()}")
            questions.append(f"{name}.example.net TYPE10")
        else:
            zone.append(f'{name} IN TXT "{base64.b64encode(data).decode()}"')
            questions.append(f"{name}.example.net TXT")
    return zone, questions


def main(folder, names):
    zones, questions = {}, []
    zones["example.net"], questions = tunnel()
    for line in open(names):
        name, kind = line.split()
        apex = ".".join(name.split(".")[-2:])
        if apex == "example.net":
            continue
        zone = zones.setdefault(apex, soa(apex))
        zone.append(f"{name}. IN {kind} {(ADDRESSES6 if kind == 'AAAA' else ADDRESSES)[name]}")
    with open(f"{folder}/tunnel-questions", "w") as f:
        f.write("\n".join(questions) + "\n")
    with open(f"{folder}/named.conf", "w") as conf:
        conf.write(f'options {{ directory "{folder}"; listen-on port 8053 {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion no; '
                   f'minimal-responses yes; pid-file "{folder}/named.pid"; session-keyfile "{folder}/session.key"; }};\ncontrols {{ }};\n')
        for apex, lines in zones.items():
            conf.write(f'zone "{apex}" {{ type master; file "{folder}/{apex}.zone"; }};\n')
            with open(f"{folder}/{apex}.zone", "w") as f:
                f.write("\n".join(lines) + "\n")


main(*sys.argv[1:])
