#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A TAP interface in a network namespace of the test's own: what the host sends is on the wire, the machine answers ARP and
ping, and the run can be repeated bit for bit from what --pcap-wire wrote, without the interface.

usage: tap_test.py RINGSIDE
Leaves with 77 (skipped) where no namespace or TAP interface may be made.
"""
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
TAP = "rs0"
OWN_MAC = bytes.fromhex("020000000002")
HOST_MAC = bytes.fromhex("020000000001")
LIMIT = "1500ms"
PING = bytes(range(56))


def skip(why):
    print(f"tap_test: skipped: {why}")
    sys.exit(SKIPPED)


def enter_namespace():
    """Runs this script once more in a network namespace of its own."""
    if os.environ.get("RINGSIDE_TAP_TEST") == "inside":
        return
    os.environ["RINGSIDE_TAP_TEST"] = "inside"
    probe = subprocess.run(["unshare", "-n", "true"], capture_output=True, text=True)
    if probe.returncode != 0:
        skip(f"no network namespace: {probe.stderr.strip()}")
    os.execvp("unshare", ["unshare", "-n", sys.executable, "-B", *sys.argv])


def make_tap():
    if not os.path.exists("/dev/net/tun"):
        skip("/dev/net/tun is not there")
    made = subprocess.run(["ip", "tuntap", "add", "dev", TAP, "mode", "tap"], capture_output=True, text=True)
    if made.returncode != 0:
        skip(f"no TAP interface: {made.stderr.strip()}")
    # Nothing of the host's own may be in the count.
    pathlib.Path(f"/proc/sys/net/ipv6/conf/{TAP}/disable_ipv6").write_text("1")
    subprocess.run(["ip", "link", "set", TAP, "address", HOST_MAC.hex(":"), "up"], check=True)


def checksum(data):
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp_frame(payload):
    """To port 9 of 10.0.0.2 without UDP checksum."""
    udp = struct.pack("!HHHH", 4000, 9, 8 + len(payload), 0) + payload
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return OWN_MAC + HOST_MAC + struct.pack("!H", 0x0800) + head + udp


def arp_request():
    """RFC 826: who has 10.0.0.2, tell 10.0.0.1."""
    return (b"\xff" * 6 + HOST_MAC + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + HOST_MAC + bytes([10, 0, 0, 1]) +
            bytes(6) + bytes([10, 0, 0, 2]))


def echo_request(payload):
    """RFC 792."""
    icmp = struct.pack("!BBHHH", 8, 0, 0, 77, 1) + payload
    icmp = icmp[:2] + struct.pack("!H", checksum(icmp)) + icmp[4:]
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(icmp), 2, 0, 64, 1, 0, bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return OWN_MAC + HOST_MAC + struct.pack("!H", 0x0800) + head + icmp


def answers(frames):
    """How many ARP replies and right echo replies with this payload are among frames from the machine."""
    arp, echo = 0, 0
    for frame in frames:
        if frame[:6] != HOST_MAC or frame[6:12] != OWN_MAC:
            continue
        kind = struct.unpack("!H", frame[12:14])[0]
        if kind == 0x0806:
            arp += frame[20:22] == b"\0\2" and frame[22:28] == OWN_MAC and frame[28:32] == bytes([10, 0, 0, 2])
        if kind == 0x0800 and frame[23] == 1:
            ip, icmp = frame[14:34], frame[34:34 + 8 + len(PING)]
            echo += checksum(ip) == 0 and checksum(icmp) == 0 and icmp[:2] == b"\0\0" and icmp[8:] == PING
    return arp, echo


def hash_in(text):
    return re.search(r"hash ([0-9a-f]{16})", text).group(1)


def main():
    enter_namespace()
    make_tap()
    ringside = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        capture = f"{folder}/wire.pcapng"
        common = ["--set", f"run.time_limit={LIMIT}", "--set", "stack.udp_ports=9"]
        run = subprocess.Popen([ringside, "run", "--tap", TAP, "--pcap-wire", capture, *common], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
        frames = [udp_frame(b"x" * n) for n in (1, 100, 1472)] + [arp_request(), echo_request(PING)]
        heard = []
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as host:
            host.bind((TAP, 0))
            host.setblocking(False)
            # Sent again until the run is over: when it attaches to the interface is not known.
            while run.poll() is None:
                for frame in frames:
                    try:
                        host.send(frame)
                    except OSError:  # no carrier: nobody is attached
                        pass
                time.sleep(0.1)
                try:
                    while True:
                        heard.append(host.recv(2048))
                except OSError:
                    pass
        out, err = run.communicate()
        assert run.returncode == 0, err
        print(out)
        came = int(re.search(r"from it (\d+)", out).group(1))
        assert came >= 3, "nothing came from the host"
        assert re.search(rf"frames +offered {came} .* dropped 0  in flight 0", out), "a frame is lost"
        arp, echo = answers(heard)
        assert arp > 0 and echo > 0, f"{arp} ARP replies and {echo} echo replies are right"
        assert "simulated time held to real time" in out

        again = subprocess.run([ringside, "run", "--pcap", capture, "--set", "wire.stamps=simulated", "--set",
                                "run.end=time_limit", *common], capture_output=True, text=True, check=True)
        assert hash_in(again.stdout) == hash_in(out), f"the run is not repeated:\n{again.stdout}"

        missing = subprocess.run([ringside, "run", "--tap", "a/b"], capture_output=True, text=True)
        assert missing.returncode == 2 and missing.stderr.count("\n") == 1, missing.stderr
    print("tap_test: passed")


if __name__ == "__main__":
    main()
