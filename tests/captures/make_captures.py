#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the captures of this folder, byte for byte the same each time: the project's own, with every kind of frame.

    tests/captures/make_captures.py [FOLDER]   # default: this one; ctest captures/as_written compares

Everything follows from IEEE 802.3, the RFCs and the pcap and pcapng drafts; nothing of Ringside is used.
"""
import pathlib
import struct
import sys
import zlib

US = bytes.fromhex("020000000002")
PEER = bytes.fromhex("020000000001")
BROADCAST = b"\xff" * 6
OUR_IP = bytes([10, 0, 0, 2])
PEER_IP = bytes([10, 0, 0, 1])
GROUP_IP = bytes([239, 1, 2, 3])
START_NS = 1_700_000_000_000_000_000
IPV4, ARP, VLAN, IPV6 = 0x0800, 0x0806, 0x8100, 0x86DD


def checksum(data):
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def noise(count, seed):
    """Bytes of a linear congruential generator (Knuth's MMIX constants)."""
    out = bytearray()
    state = seed
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append(state >> 56)
    return bytes(out)


def eth(kind, payload, to=US, tags=()):
    head = to + PEER
    for tpid, tci in tags:
        head += struct.pack(">HH", tpid, tci)
    return head + struct.pack(">H", kind) + payload


def ipv4(protocol, payload, source=PEER_IP, to=OUR_IP, ident=1, flags=0, options=b"", total=None, wrong=0):
    length = 20 + len(options) + len(payload) if total is None else total
    head = struct.pack(">BBHHHBBH", 0x45 + len(options) // 4, 0, length, ident, flags, 64, protocol, 0) + source + to + options
    return head[:10] + struct.pack(">H", checksum(head) ^ wrong) + head[12:] + payload


def udp(payload, source=PEER_IP, to=OUR_IP, port=5001, length=None, sum_kind="right"):
    size = 8 + len(payload)
    head = struct.pack(">HHHH", 7000, port, size if length is None else length, 0)
    value = checksum(source + to + struct.pack(">BBH", 0, 17, size) + head + payload) or 0xFFFF
    value = {"right": value, "wrong": value ^ 0x5A5A, "none": 0}[sum_kind]
    return head[:6] + struct.pack(">H", value) + payload


def tcp(payload, flags, port=80):
    head = struct.pack(">HHIIBBHHH", 40000, port, 1000, 2000, 0x50, flags, 8192, 0, 0)
    value = checksum(PEER_IP + OUR_IP + struct.pack(">BBH", 0, 6, len(head) + len(payload)) + head + payload)
    return head[:16] + struct.pack(">H", value) + head[18:] + payload


def icmp(kind, payload):
    body = struct.pack(">BBHHH", kind, 0, 0, 7, 1) + payload
    return body[:2] + struct.pack(">H", checksum(body)) + body[4:]


def datagram(payload, to_mac=US, to=OUR_IP, **more):
    return eth(IPV4, ipv4(17, udp(payload, to=to, **more), to=to), to_mac)


def with_fcs(frame, wrong=False):
    """IEEE 802.3 3.2.9: CRC-32, least significant octet first."""
    fcs = struct.pack("<I", zlib.crc32(frame))
    return frame + (bytes([fcs[0] ^ 1]) + fcs[1:] if wrong else fcs)


def padded(frame):
    return frame + bytes(max(0, 60 - len(frame)))


# ---- files -------------------------------------------------------------------------------------------------------------


def pcap(records, order="<", nano=False, link_type=1, snap=262144, step_ns=100_000):
    """`records`: bytes, or (bytes, length on the wire)."""
    out = struct.pack(order + "IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, snap, link_type)
    for i, record in enumerate(records):
        data, length = record if isinstance(record, tuple) else (record, len(record))
        stamp = START_NS + i * step_ns + (i % 7 if nano else 0)
        part = stamp % 10**9 // (1 if nano else 1000)
        out += struct.pack(order + "IIII", stamp // 10**9, part, len(data), length) + data
    return out


class Pcapng:
    def __init__(self, order):
        self.order = order
        self.out = b""
        self.block(0x0A0D0D0A, self.pack("IHHq", 0x1A2B3C4D, 1, 0, -1))

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def block(self, kind, body):
        body += bytes(-len(body) % 4)
        size = self.pack("I", len(body) + 12)
        self.out += self.pack("I", kind) + size + body + size

    def options(self, *pairs):
        out = b""
        for code, value in pairs:
            out += self.pack("HH", code, len(value)) + value + bytes(-len(value) % 4)
        return out + bytes(4) if pairs else out

    def interface(self, link_type, snap, *options):
        self.block(1, self.pack("HHI", link_type, 0, snap) + self.options(*options))

    def enhanced(self, interface, stamp, data, *options, length=None):
        self.block(6, self.pack("IIIII", interface, stamp >> 32, stamp & 0xFFFFFFFF, len(data),
                                len(data) if length is None else length)
                   + data + bytes(-len(data) % 4) + self.options(*options))

    def old(self, interface, stamp, data):
        self.block(2, self.pack("HHIIII", interface, 0, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data)) + data)

    def simple(self, data, length):
        self.block(3, self.pack("I", length) + data)


# ---- contents ----------------------------------------------------------------------------------------------------------


def sizes():
    edges = [42, 46, 59, 60, 61, 64, 65, 127, 128, 252, 255, 256, 257, 300, 508, 511, 512, 513, 1020, 1023, 1024, 1025, 1496,
             1500, 1513, 1514]
    return [datagram(noise(size - 42, size)) for size in edges]


def protocols():
    arp = lambda op, tha, tpa: struct.pack(">HHBBH", 1, IPV4, 6, 4, op) + PEER + PEER_IP + tha + tpa
    v6 = bytes.fromhex("6000000000181140") + bytes(15) + b"\x01" + bytes(15) + b"\x02"
    return [
        eth(ARP, arp(1, bytes(6), OUR_IP), BROADCAST), eth(ARP, arp(2, US, OUR_IP)),
        eth(ARP, arp(1, bytes(6), bytes([10, 0, 0, 77])), BROADCAST),
        eth(IPV4, ipv4(1, icmp(8, noise(56, 1)))), eth(IPV4, ipv4(1, icmp(0, noise(56, 2)))),
        eth(IPV4, ipv4(6, tcp(b"", 0x02))), eth(IPV4, ipv4(6, tcp(noise(512, 3), 0x18))),
        eth(IPV4, ipv4(2, bytes.fromhex("1100eefe") + bytes(4), to=bytes([224, 0, 0, 1])), bytes.fromhex("01005e000001")),
        eth(IPV6, v6 + noise(24, 4)), eth(IPV6, v6 + noise(24, 5), bytes.fromhex("333300000001")),
        eth(0x88CC, noise(46, 6), bytes.fromhex("0180c200000e")),  # LLDP
        eth(38, bytes.fromhex("424203") + noise(35, 7), bytes.fromhex("0180c2000000")),  # LLC, spanning tree
        eth(200, bytes.fromhex("aaaa030000000800") + noise(192, 8)),  # SNAP
        eth(0x8808, bytes.fromhex("0001ffff") + bytes(42), bytes.fromhex("0180c2000001")),  # PAUSE
        eth(0x88F7, noise(44, 9), bytes.fromhex("011b19000000")),  # PTP
        eth(0x8864, bytes.fromhex("110000010016") + b"\0\x21" + noise(40, 10)),  # PPPoE
        eth(0x8847, bytes.fromhex("00001140") + noise(80, 11)),  # MPLS
        eth(0x88B5, noise(100, 12)), eth(0x9000, noise(46, 13)),
    ]


def ip_kinds():
    whole = udp(noise(2000, 20))
    pieces = [eth(IPV4, ipv4(17, whole[at:at + 800], ident=77, flags=at // 8 | (0x2000 if at + 800 < len(whole) else 0)))
              for at in range(0, len(whole), 800)]
    lonely = eth(IPV4, ipv4(17, whole[800:1600], ident=78, flags=100 | 0x2000))
    return pieces + pieces[::-1] + [pieces[1], lonely] + [
        datagram(noise(40, 21), sum_kind="wrong"), datagram(noise(40, 22), sum_kind="none"),
        datagram(noise(40, 23), length=20), datagram(noise(40, 24), length=200), datagram(noise(40, 25), length=4),
        datagram(noise(40, 26), port=9), datagram(noise(33, 27)),
        eth(IPV4, ipv4(17, udp(noise(40, 28)), wrong=0x0101)), eth(IPV4, ipv4(17, udp(noise(40, 29)), total=300)),
        eth(IPV4, ipv4(17, udp(noise(40, 30)), total=0)), eth(IPV4, ipv4(17, udp(noise(40, 31)), options=b"\1\1\1\0")),
        eth(IPV4, ipv4(17, udp(noise(40, 32)), options=bytes.fromhex("830704c0a8010100"))),
        eth(IPV4, ipv4(253, noise(60, 33))), datagram(noise(40, 34), to=bytes([10, 0, 0, 66])),
        datagram(noise(40, 35), BROADCAST, to=b"\xff" * 4), datagram(noise(40, 36), BROADCAST, to=bytes([10, 0, 0, 255])),
        datagram(noise(40, 37), bytes.fromhex("01005e010203"), to=GROUP_IP),
        eth(IPV4, b"\x65" + ipv4(17, udp(noise(40, 38)))[1:]), eth(IPV4, ipv4(17, udp(noise(40, 39)))[:25]),
    ]


def lengths():
    short = [noise(size, 50 + size) for size in (1, 5, 6, 13, 14, 17, 18)] + [
        US + PEER + b"\x88\xb5" + noise(size, size) for size in (1, 20, 44, 45, 46, 47)]
    return short + [US + PEER + b"\x88\xb5" + noise(size - 14, size)
                    for size in (1515, 1518, 1519, 2044, 2048, 4092, 9014, 16380, 16381, 20000)]


def fcs_kinds():
    frames = [datagram(noise(size, 70 + size)) for size in (18, 19, 100, 1472)]
    out = [with_fcs(padded(frame), wrong) for frame in frames for wrong in (False, True)]
    runts = [US + PEER + b"\x88\xb5" + noise(size, size) for size in (0, 1, 30, 45)]  # below 64 octets with FCS
    out += [with_fcs(frame, wrong) for frame in runts for wrong in (False, True)]
    out += [with_fcs(US + PEER + b"\x88\xb5" + noise(1505, 99), wrong) for wrong in (False, True)]  # 1523
    return out + [with_fcs(padded(datagram(b"last")))]


def odd_records():
    frame = datagram(noise(1000, 90))
    return [frame, (frame[:96], len(frame)), b"", (frame[:60], len(frame)), (datagram(noise(18, 91)) + bytes(16), 60),
            (b"", 60), datagram(noise(18, 92))]


def several():
    """Interfaces that differ in snapshot length, resolution and FCS; one of another link layer that carries nothing."""
    file = Pcapng("<")
    file.interface(1, 65535)
    file.block(0x80000001, noise(13, 100))  # for local use: nobody else knows it
    file.interface(1, 262144, (9, b"\x09"), (13, b"\x04"))
    file.interface(113, 262144)
    micro, nano = START_NS // 1000, START_NS
    file.enhanced(0, micro, datagram(noise(18, 101)))
    file.enhanced(1, nano + 100_000, with_fcs(datagram(noise(18, 102))))
    file.enhanced(1, nano + 200_000, with_fcs(datagram(noise(18, 103)), True), (2, file.pack("I", 1)))
    file.enhanced(0, micro + 300, with_fcs(datagram(noise(18, 104))), (1, b"an FCS here"), (2, file.pack("I", 4 << 5)))
    file.old(1, nano + 400_000, with_fcs(datagram(noise(20, 105))))
    file.block(5, file.pack("III", 0, 0, 0))  # interface statistics
    file.enhanced(0, micro + 500, datagram(noise(1000, 106))[:96], length=1042)
    return file.out


def other_order():
    """Big-endian, two sections of which one has FCS, simple packets cut at the snapshot length."""
    file = Pcapng(">")
    file.interface(1, 128)
    file.simple(datagram(noise(80, 110)), 122)
    file.simple(datagram(noise(200, 111))[:128], 242)
    second = Pcapng(">")
    second.interface(1, 0, (9, b"\x03"), (14, second.pack("q", 10)), (13, b"\x04"))
    second.enhanced(0, 5, with_fcs(datagram(noise(64, 112))))
    return file.out + second.out


def gz(data):
    """RFC 1952, without name and time."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = pack.compress(data) + pack.flush()
    return bytes.fromhex("1f8b08000000000002ff") + body + struct.pack("<II", zlib.crc32(data), len(data) % 2**32)


def files():
    tags = [((VLAN, 100),), ((VLAN, 200),)]
    return {
        "fcs.pcap": pcap(fcs_kinds(), link_type=0x24000001),
        "ipv4.pcap": pcap(ip_kinds()),
        "lengths.pcap": pcap(lengths()),
        "odd_records.pcap": pcap(odd_records(), snap=1100),
        "other_order.pcapng": other_order(),
        "protocols.pcap": pcap(protocols(), order=">", nano=True),
        "several.pcapng": several(),
        "sizes.pcap": pcap(sizes()),
        "tags.pcap": pcap([eth(IPV4, ipv4(17, udp(noise(30, i))), tags=t) for i, t in enumerate(tags)]),
        "zipped.pcap.gz": gz(pcap(sizes()[::5], order=">")),
    }


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent
    for name, content in files().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
