#!/usr/bin/env python3
"""Compare the results of evaluate.py with the floors below which CI fails.

usage: floors.py RESULTS.json FLOORS.json

FLOORS.json maps the name of a figure to {"min": n} or {"max": n}. Floors only rise, ceilings only fall. A figure that
has a floor and cannot be computed fails.
"""
import collections
import json
import sys


def percent(part, whole):
    return 100 * part / whole if whole else None


def total(items, key):
    return sum(x[key] for x in items)


def figures(results):
    ran = [r for r in results if "skipped" not in r]
    out = {"cases run": len(ran), "cases skipped": len(results) - len(ran)}
    runs = [r[k] for r in ran for k in ("flows_run", "analyze_run") if k in r]
    out["runs failed"] = sum(x["exit"] not in (0, 3) for x in runs)
    out["outputs unreadable"] = sum("flows_error" in r or "detect_error" in r for r in ran)
    out["slowest run s"] = max((x["s"] for x in runs), default=None)
    out["largest run MiB"] = max((x["mib"] for x in runs), default=None)
    joining(ran, out)
    captures(ran, out)
    for group in ("paired", "host-json", "evtx", "zeek"):
        detection(group, [r["detect"] for r in ran if r["group"] == group and "detect" in r], out)
    detection("all", [r["detect"] for r in ran if "detect" in r], out)
    return out


def joining(ran, out):
    join = [r["join"] for r in ran if "join" in r]
    if join:
        out["join right %"] = percent(total(join, "right"), total(join, "pairs"))
        out["join wrong %"] = percent(total(join, "wrong"), total(join, "pairs"))
        out["join phantom"] = total(join, "phantom")
    unseen = [r["unseen"] for r in ran if "unseen" in r]
    out["unseen found %"] = percent(total(unseen, "found"), total(unseen, "flows"))


def captures(ran, out):
    size = [r["bytes"] for r in ran if "bytes" in r]
    out["bytes equal %"] = percent(total(size, "equal"), total(size, "tuples"))
    zeek = [r["zeek"] for r in ran if r.get("zeek", {}).get("tuples")]
    for name, key in (("payload", "payload_equal"), ("ip", "ip_equal"), ("originator", "orig_equal")):
        out["zeek %s %%" % name] = percent(total(zeek, key), total(zeek, "tuples"))
    protocol = [r["protocol"] for r in ran if "protocol" in r]
    out["protocol agree %"] = percent(total(protocol, "agree"), total(protocol, "flows"))
    out["protocol false"] = sum(len(x["false"]) for x in protocol)
    right, flows = collections.Counter(), collections.Counter()
    for x in protocol:
        for name, (ok, n) in x["per"].items():
            right[name] += ok
            flows[name] += n
    for name in sorted(flows):
        out["protocol %s %%" % name] = percent(right[name], flows[name])


def detection(group, detect, out):
    labelled = [d for d in detect if d["malicious_pairs"]]
    for k in ("hit@1", "hit@3", "hit@10"):
        out["%s %s %%" % (group, k)] = percent(sum(bool(d[k]) for d in labelled), len(labelled))
    out[group + " found at high %"] = percent(total(labelled, "found_high"), len(labelled))
    out[group + " benign flagged %"] = percent(total(detect, "benign_pairs_flagged_high"), total(detect, "benign_pairs"))
    high = [total(detect, k) for k in ("high_tp", "high_fp_benign", "high_unlabelled")]
    out[group + " high true %"] = percent(high[0], sum(high))


def judge(value, bound):
    if value is None:
        return "NOT MEASURED"
    if "min" in bound and value < bound["min"]:
        return "BELOW"
    if "max" in bound and value > bound["max"]:
        return "ABOVE"
    return "ok"


def main():
    got = figures(json.load(open(sys.argv[1])))
    floors = json.load(open(sys.argv[2]))
    failed = [name for name, bound in floors.items() if judge(got.get(name), bound) != "ok"]
    for name in list(got) + [n for n in floors if n not in got]:
        bound = floors.get(name, {})
        text = " ".join("%s %s" % x for x in bound.items())
        value = "-" if got.get(name) is None else "%.1f" % got[name]
        print("%-28s %9s  %-10s %s" % (name, value, text, judge(got.get(name), bound) if bound else ""))
    if failed:
        sys.exit("floors: " + ", ".join(failed))


if __name__ == "__main__":
    main()
