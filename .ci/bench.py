#!/usr/bin/env python3
"""Build a large case and print one table of how fast wirewitness is and what memory it takes, beside other programs.

FOLDER takes the case (32 GB unless smaller sizes are given) and every program's output; what is in it is used again, and
nothing is deleted. The sizes are those of the largest files, whose memory is measured, once each; everything else is run N times
(5), the programs in turn, and medians are printed. --only names the groups to run, such as "capture,start-up".
tshark, ndpiReader, evtxexport and evtx_dump (cargo install evtx) are measured where they are on PATH.

A row is a program. "wall" and "CPU" are seconds, "peak" is resident memory; "x wall" and "x CPU" say how many times what
the first program of the group took, both in the same round. On a machine that does other things look at CPU.
"""
import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
ROW = "%-34s %-13s %8s %8s %7s %7s %7s %7s  %s"


class Program:
    """What is run, and on how many bytes; goal is printed beside it."""

    def __init__(self, name, argv, size, goal="", cores=None):
        self.name, self.argv, self.size, self.goal, self.cores = name, argv, size, goal, cores
        self.wall, self.cpu, self.peak = [], [], []

    def run(self, folder):
        env = dict(os.environ)
        if self.cores:
            env["GOMAXPROCS"] = str(self.cores)
        with open(os.path.join(folder, "out"), "wb") as out:
            begin = time.monotonic()
            child = subprocess.Popen(self.argv, stdout=out, stderr=subprocess.DEVNULL, env=env, cwd=folder)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in (0, 3):
            sys.exit("%s: exit status %d" % (" ".join(self.argv), child.returncode))
        self.wall.append(time.monotonic() - begin)
        self.cpu.append(used.ru_utime + used.ru_stime)
        self.peak.append(used.ru_maxrss / 1024)

    def row(self, what, first):
        wall, cpu = statistics.median(self.wall), statistics.median(self.cpu)
        times = lambda mine, other: "" if self is first else "%.2f" % statistics.median(b / a for a, b in zip(other, mine))
        return (what, self.name, "%.3f" % wall, "%.3f" % cpu, "%.0f" % (self.size / wall / 1e6) if self.size else "",
                "%.0f" % max(self.peak), times(self.wall, first.wall), times(self.cpu, first.cpu), self.goal)


def group(what, programs, folder, runs):
    for _ in range(runs):
        for p in programs:
            p.run(folder)
    for i, p in enumerate(programs):
        print(ROW % p.row("" if i else what, programs[0]), flush=True)
    return programs


class Case:
    def __init__(self, args):
        self.folder, self.data, self.args = os.path.abspath(args.folder), os.path.abspath(args.data), args
        os.makedirs(self.folder, exist_ok=True)
        self.binary = args.binary and os.path.abspath(args.binary) or self.build("wirewitness", "./cmd/wirewitness")

    def build(self, name, package, *how):
        out = self.path(name)
        subprocess.run(["go", *(how or ("build", "-trimpath")), "-o", out, package], cwd=ROOT, check=True, env=dict(os.environ, CGO_ENABLED="0"))
        return out

    def path(self, name):
        return os.path.join(self.folder, name)

    def generate(self, name, *args):
        """Makes a file unless it is there."""
        if not os.path.exists(self.path(name)):
            generator = self.path("generate")
            if not os.path.exists(generator):
                self.build("generate", "./samples/generate")
            subprocess.run([generator, args[0], "-o", self.path("part"), *args[1:]], check=True, stdout=subprocess.DEVNULL)
            os.rename(self.path("part"), self.path(name))
        return self.path(name)

    def evtx(self, size):
        """A log of Sysmon's."""
        return self.generate("sysmon-%d.evtx" % size, "evtx", "-bytes", str(size), self.data + "/evtx/other/omerbenamram/sysmon.evtx")

    def network(self, size):
        """A server's log of its connections."""
        return self.generate("network-%d.evtx" % size, "network", "-bytes", str(size))

    def sensor(self, size, shape="tsv"):
        """The logs of a network sensor."""
        bytes_each = {"tsv": 295, "json": 745, "eve": 860}[shape]
        return self.generate("sensor-%s-%d" % (shape, size), "sensor", "-shape", shape, "-connections", str(size // bytes_each))

    def capture(self, size):
        """A capture of mixed protocols with as many flows for its size as 190,000 are for 750 MB, a longer one of the same hosts."""
        return self.generate("mixed-%d.pcap" % size, "capture", "-bytes", str(size), "-flows", str(size * 190 // 750000), "-networks", "64", self.data + "/pcap-protocols")

    def office(self, size):
        """A capture of 200 workstations and the logs of 160 of them, which speak of most of its connections."""
        return self.generate("office-%d" % size, "office", "-hosts", "200", "-flows", str(size // 10700))

    def json(self):
        """The large host logs of the recordings, unpacked."""
        folder = self.path("json")
        if not os.path.isdir(folder):
            for top, _, names in os.walk(self.data + "/paired"):
                for name in (n for n in names if n.endswith(".zip")):
                    with zipfile.ZipFile(os.path.join(top, name)) as z:
                        for m in z.infolist():
                            if m.file_size >= 32 << 20 and m.filename.endswith(".json"):
                                z.extract(m, folder)
        return folder

    def ours(self, name, *args, **how):
        files = [a for a in args if os.path.isabs(a)]
        return Program(name, [self.binary, *args], sum(map(size_of, files)), **how)


def size_of(path):
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(top, n)) for top, _, names in os.walk(path) for n in names)


def read_all(path):
    for name in [path] if os.path.isfile(path) else [os.path.join(top, n) for top, _, names in os.walk(path) for n in names]:
        with open(name, "rb", buffering=0) as f:
            while f.read(1 << 24):
                pass


def other(name, file, *argv, **how):
    """Another program, in a list that is empty where it is not installed."""
    found = shutil.which(argv[0])
    return [Program(name, [found, *argv[1:], file], os.path.getsize(file), **how)] if found else []


def evtx(case, runs):
    file = case.evtx(256 << 20)
    group("EVTX to facts, one core", [case.ours("wirewitness", "inspect", "-j", "1", file, cores=1, goal="about 1,000 MB/s")]
          + other("evtx_dump", file, "evtx_dump", "-t", "1", "-o", "jsonl", goal="x 2")
          + other("evtxexport", file, "evtxexport"), case.folder, runs)
    test = case.build("evtx.test", "./parsers/evtx", "test", "-c")
    speed = {}
    for name in ("Facts", "Velocidex"):
        out = subprocess.run([test, "-test.run", "-", "-test.bench", name + "$", "-test.benchtime", "%dx" % (2 * runs)], cwd=ROOT + "/parsers/evtx",
                             env=dict(os.environ, GOMAXPROCS="1"), check=True, capture_output=True, text=True).stdout
        speed[name] = float(re.search(r"([0-9.]+) MB/s", out)[1])
        ratio = "%.2f" % (speed["Facts"] / speed[name]) if name == "Velocidex" else ""
        print(ROW % ("", "go " + name, "", "", "%.0f" % speed[name], "", ratio, "", "x 20" if ratio else ""), flush=True)


def json(case, runs):
    group("JSON to facts, one core", [case.ours("wirewitness", "inspect", "-j", "1", case.json(), cores=1, goal="400 MB/s")], case.folder, runs)


def capture(case, runs):
    file = case.capture(750_000_000)
    group("capture, flows -j 1", [case.ours("wirewitness", "flows", "-f", "jsonl", "-j", "1", file)]
          + other("ndpiReader", file, "ndpiReader", "-q", "-i", goal="x 4")
          + other("tshark", file, "tshark", "-n", "-q", "-z", "conv,tcp", "-r", goal="x 10"), case.folder, runs)


def cores(case, runs):
    files = case.evtx(256 << 20), case.capture(750_000_000)
    group("analyze, both", [case.ours("%d core" % n, "analyze", "-f", "json", "-j", str(n), *files, cores=n, goal="x %.2f wall" % (1 / 1.7) if n > 1 else "")
                            for n in (1, 2)], case.folder, runs)


def sensor(case, runs):
    for what, shape in (("Zeek, TSV", "tsv"), ("Zeek, JSON", "json"), ("Suricata", "eve")):
        group(what + ", analyze", [case.ours("%d core" % n, "analyze", "-f", "json", "-j", str(n), case.sensor(150_000_000, shape), cores=n) for n in (1, 2)], case.folder, runs)


def start(case, runs):
    group("start-up", [case.ours("--version", "--version", goal="0.020 s")], case.folder, runs)
    group("smallest sample, HTML", [case.ours("only-process", "analyze", "-f", "html", ROOT + "/samples/only-process", goal="0.150 s")], case.folder, runs)


def memory(case, runs):
    """Once each but for the smallest: these are large. What a file's bytes cost is compared once they are in the system's cache."""
    for what, make, size, small, goal in (("EVTX", case.evtx, case.args.evtx, 100 << 20, "300 MiB"), ("connections", case.network, case.args.evtx, 100 << 20, ""),
                                          ("Zeek", case.sensor, case.args.sensor, 150_000_000, ""), ("capture", case.capture, case.args.capture, 750_000_000, "600 MiB"),
                                          ("capture and logs", case.office, case.args.office, 400_000_000, "")):
        programs = [case.ours("%d MB" % (n / 1e6), "analyze", "-f", "json", make(n)) for n in (small, size // 2, size)]
        first, half, whole = programs
        whole.goal = goal
        for p in programs:
            read_all(p.argv[-1])
            group("analyze, " + what, [p], case.folder, runs if p is first else 1)
        per_byte = (whole.cpu[0] / whole.size) / (statistics.median(first.cpu) / first.size)
        print(ROW % ("", "per byte", "", "", "", "", "", "%.2f" % per_byte, "x 0.9 to 1.1, CPU of the largest and the smallest"))
        print(ROW % ("", "doubled", "", "", "", "%+.0f%%" % (100 * (whole.peak[0] / half.peak[0] - 1)), "", "", "below +10%"), flush=True)


GROUPS = {"evtx": evtx, "json": json, "capture": capture, "cores": cores, "sensor": sensor, "start-up": start, "memory": memory}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", metavar="FOLDER")
    arguments.add_argument("--runs", metavar="N", type=int, default=5)
    arguments.add_argument("--evtx", metavar="BYTES", type=float, default=2e9)
    arguments.add_argument("--capture", metavar="BYTES", type=float, default=10e9)
    arguments.add_argument("--office", metavar="BYTES", type=float, default=4e9)
    arguments.add_argument("--sensor", metavar="BYTES", type=float, default=1.5e9)
    arguments.add_argument("--only", metavar="WORDS", default=",".join(GROUPS), help="of " + ", ".join(GROUPS))
    arguments.add_argument("--binary", metavar="FILE", help="instead of one built from this checkout")
    arguments.add_argument("--data", metavar="FOLDER", default=ROOT + "/../shared/data")
    args = arguments.parse_args()
    args.evtx, args.capture, args.office, args.sensor = int(args.evtx), int(args.capture), int(args.office), int(args.sensor)
    case = Case(args)
    print("%d cores, load %.1f, medians of %d\n" % (os.cpu_count(), os.getloadavg()[0], args.runs))
    print(ROW % ("what", "program", "wall", "CPU", "MB/s", "MiB", "x wall", "x CPU", "wanted"))
    for name in args.only.split(","):
        GROUPS[name](case, args.runs)


if __name__ == "__main__":
    main()
