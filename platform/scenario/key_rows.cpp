// SPDX-License-Identifier: Apache-2.0
// The keys of the hardware side.
#include <array>

#include "platform/scenario/key_rules.h"
#include "platform/scenario/key_table.h"

namespace ringside::platform {
namespace {

using namespace key_rules;

constexpr std::int64_t hour_ps = 3600 * second;

void store_mac(scenario& s, const value& v) {
  for (std::size_t i = 0; i < 6; ++i) s.nic.mac_address[i] = static_cast<std::uint8_t>(v.list[i]);
}
void store_sizes(scenario& s, const value& v) {
  s.gen.size_is_range = v.number != 0;
  s.gen.sizes.assign(v.list.begin(), v.list.end());
}

const auto hardware_table = std::to_array<key_row>({
    {"nic.kind", "rtl", choice("rtl|model"), "NIC behind the seam: Verilated RTL or behavioural model", "this project",
     [](scenario& s, const value& v) { s.nic.kind = static_cast<nic_kind>(v.number); }},
    {"nic.pba_kb",
     "48",
     {.kind = kind::whole, .low = 8, .high = 56, .step = 8, .unit = "KB"},
     "receive share of the 64 KB packet buffer (PBA.RXA)",
     "SDM 288: reset 48; Linux e1000_reset",
     [](scenario& s, const value& v) { s.driver.pba_kb = u32(v); }},
    {"nic.mac_address",
     "02:00:00:00:00:02",
     {.kind = kind::mac},
     "station address in RAL0/RAH0",
     "this project; locally administered, IEEE 802 8.2",
     store_mac},
    {"nic.eeprom",
     "",
     {.kind = kind::text},
     "image of the card's EEPROM, 128 bytes as ethtool -e raw on writes; its address is nic.mac_address then; empty: "
     "made for nic.mac_address",
     "93C46; Linux e1000_get_eeprom",
     [](scenario& s, const value& v) { s.nic.eeprom = v.text; }},
    {"nic.power_on_seed", "0", whole(0, 9'223'372'036'854'775'807),
     "seed of what the card's state without a reset value holds; 0: run.seed", "this project",
     [](scenario& s, const value& v) { s.nic.power_on_seed = static_cast<std::uint64_t>(v.number); }},

    {"bus.clock_mhz",
     "66",
     {.kind = kind::frequency, .low = 1, .high = 1000, .unit = "MHz"},
     "PCI clock",
     "PCI 2.3 section 7.6.4.1; the 82540EM takes 33 or 66 MHz",
     [](scenario& s, const value& v) {
       s.bus.pci.clock = clock_domain{v.ratio.num, v.ratio.den};
     }},
    {"bus.wait_states", "0", whole(0, 7, "clocks"), "wait states before each data phase",
     "PCI 2.3 section 3.5.1.2: at most 7", [](scenario& s, const value& v) { s.bus.pci.wait_states = u32(v); }},
    {"bus.retry_per_million", "0", whole(0, 900'000, "per million"), "transactions the bridge answers with a retry",
     "this project", [](scenario& s, const value& v) { s.bus.pci.retry_per_million = u32(v); }},
    {"bus.wait_jitter", "0", whole(0, 16, "clocks"), "random extra wait before the first data phase, at most",
     "this project", [](scenario& s, const value& v) { s.bus.pci.wait_jitter = u32(v); }},
    {"bus.devsel", "medium", choice("fast|medium|slow"), "DEVSEL# timing of the host bridge", "PCI 2.3 section 3.6.1",
     [](scenario& s, const value& v) { s.bus.pci.devsel_clocks = 1 + u32(v); }},
    {"bus.latency_timer",
     "64",
     {.kind = kind::whole, .low = 0, .high = 248, .step = 8, .unit = "clocks"},
     "latency timer written into the NIC's configuration header",
     "Linux pcibios_set_master: 64",
     [](scenario& s, const value& v) { s.bus.latency_timer = u32(v); }},
    {"bus.disconnect_bytes",
     "4096",
     {.kind = kind::whole, .low = 32, .high = 4096, .power_of_two = true, .unit = "B"},
     "address boundary at which the bridge disconnects a burst",
     "estimate",
     [](scenario& s, const value& v) { s.bus.pci.disconnect_bytes = u32(v); }},
    {"bus.arbitration_clocks", "2", whole(0, 16, "clocks"), "REQ# to GNT# on an idle bus",
     "estimate; PCI 2.3 section 3.4", [](scenario& s, const value& v) { s.bus.pci.arbitration_clocks = u32(v); }},
    {"bus.crossing_to_pci_clocks", "2", whole(1, 16, "clocks"), "clock crossing from the NIC core to the PCI side",
     "two-flop synchroniser", [](scenario& s, const value& v) { s.bus.pci.crossing_to_pci_clocks = u32(v); }},
    {"bus.crossing_to_rtl_clocks", "2", whole(1, 16, "clocks"), "clock crossing from the PCI side to the NIC core",
     "two-flop synchroniser", [](scenario& s, const value& v) { s.bus.pci.crossing_to_rtl_clocks = u32(v); }},
    {"bus.read_latency_clocks", "12", whole(1, 32, "clocks"), "memory read: address phase to first data",
     "estimate; PCI 2.3 section 3.5.1.1 allows a host bridge 32",
     [](scenario& s, const value& v) { s.bus.pci.read_latency_clocks = u32(v); }},
    {"bus.write_wait", "4", whole(0, 16, "clocks"), "memory write: wait before the first data phase",
     "estimate: makes the 8 to 12 overhead clocks a burst of FS 15",
     [](scenario& s, const value& v) { s.bus.pci.write_latency_clocks = u32(v); }},
    {"bus.coherent", "on", toggle, "CPU caches snoop DMA (off: dma_sync moves the bytes)", "x86: on",
     [](scenario& s, const value& v) { s.bus.coherent = v.number != 0; }},

    {"bridge.drain_latency_ns", "100", whole(0, 1'000'000, "ns"), "posted write: last data phase to visible in memory",
     "estimate", [](scenario& s, const value& v) { s.bus.pci.drain_latency = u32(v) * ns; }},
    {"bridge.posted_bytes", "1KB", whole(64, 65536, "B"), "posted write buffer of the host bridge", "estimate",
     [](scenario& s, const value& v) { s.bus.pci.posted_bytes = u32(v); }},
    {"irq.delivery_latency_ns", "300", whole(1, 1'000'000, "ns"), "INTA# to the CPU's interrupt pin", "estimate",
     [](scenario& s, const value& v) { s.irq.delivery_latency_ns = u32(v); }},
    {"mem.size_mb", "64", whole(16, 2048, "MB"), "memory behind the host bridge", "this project",
     [](scenario& s, const value& v) { s.mem.size_mb = u32(v); }},

    {"cpu.count", "1", whole(1, 16), "virtual CPUs", "this project",
     [](scenario& s, const value& v) { s.cpu.count = u32(v); }},
    {"cpu.clock_mhz",
     "2000",
     {.kind = kind::frequency, .low = 1, .high = 10'000, .unit = "MHz"},
     "CPU clock",
     "this project",
     [](scenario& s, const value& v) { s.cpu.clock_hz = v.ratio; }},
    {"cpu.cost_jitter", "0", whole(0, 90, "%"), "each use of a cost varies by up to so much, drawn from run.seed",
     "this project", [](scenario& s, const value& v) { s.cpu.cost_jitter = u32(v); }},
    {"cpu.irq_affinity",
     "0",
     {.kind = kind::cpus, .high = 15},
     "CPUs that take the NIC's interrupt",
     "Linux /proc/irq/N/smp_affinity_list",
     [](scenario& s, const value& v) { s.cpu.irq_affinity = static_cast<std::uint64_t>(v.number); }},
    {"cpu.task_affinity",
     "all",
     {.kind = kind::cpus, .high = 15},
     "CPUs the application may run on",
     "Linux sched_setaffinity",
     [](scenario& s, const value& v) { s.cpu.task_affinity = static_cast<std::uint64_t>(v.number); }},

    {"wire.source", "gen", choice("gen|pcap|drawn"),
     "frames from the generator, from a capture, or drawn from run.seed as a regression's are", "this project",
     [](scenario& s, const value& v) { s.wire.source = static_cast<wire_source>(v.number); }},
    {"wire.pcap",
     "",
     {.kind = kind::text},
     "capture file (pcap or pcapng, Ethernet, gzip or not); -: standard input",
     "libpcap, zlib",
     [](scenario& s, const value& v) { s.wire.pcap = v.text; }},
    {"wire.speed",
     "original",
     {.kind = kind::speed},
     "pace of a capture",
     "this project",
     [](scenario& s, const value& v) {
       s.wire.speed = static_cast<speed_kind>(v.number);
       s.wire.speed_value = v.ratio;
     }},
    {"wire.stamps", "first", choice("first|simulated"),
     "a capture's time stamps count from its first frame, which wire.start places, or are simulated time, as in what "
     "--pcap-wire writes",
     "this project", [](scenario& s, const value& v) { s.wire.stamps = static_cast<stamps_kind>(v.number); }},
    {"wire.loop", "1", whole(1, 1'000'000'000, "passes"), "a capture is sent so often", "as tcpreplay --loop",
     [](scenario& s, const value& v) { s.wire.loop = static_cast<std::uint64_t>(v.number); }},
    {"wire.snapped", "as_is", choice("as_is|pad"),
     "frames captured in part: the bytes there are, or zeros up to their length on the wire", "this project",
     [](scenario& s, const value& v) { s.wire.snapped = static_cast<snapped_kind>(v.number); }},
    {"wire.rewrite", "off", toggle, "a capture's frames are addressed to the machine: MAC, IPv4, checksums mended",
     "docs/captures.md", [](scenario& s, const value& v) { s.wire.rewrite = v.number != 0; }},
    {"wire.gap_min", "12", whole(1, 1'000'000, "byte times"), "least gap between frames",
     "IEEE 802.3 4.4.2 interPacketGap: 96 bits", [](scenario& s, const value& v) { s.wire.gap_min = u32(v); }},
    {"wire.link_mbps", "1000", choice("10|100|1000"), "link speed in Mb/s", "IEEE 802.3 clause 35",
     [](scenario& s, const value& v) { s.wire.link_mbps = v.number == 0   ? 10
                                                          : v.number == 1 ? 100
                                                                          : 1000; }},
    {"wire.start",
     "auto",
     {.kind = kind::time_or, .low = 0, .high = hour_ps, .unit = "us", .grain = "ps", .words = "auto"},
     "time of the first frame; auto: when the driver has opened the interface",
     "this project",
     [](scenario& s, const value& v) { s.wire.start = v.number; }},

    {"gen.size",
     "64",
     {.kind = kind::sizes, .low = 64, .high = 16384, .unit = "B"},
     "frame sizes, FCS included",
     "IEEE 802.3 4.4.2: 64..1518; jumbo to the chip's 16384",
     store_sizes},
    {"gen.rate",
     "line",
     {.kind = kind::rate},
     "pace of the generator",
     "this project",
     [](scenario& s, const value& v) {
       s.gen.rate = static_cast<rate_kind>(v.number);
       s.gen.rate_value = v.ratio;
     }},
    {"gen.count", "16", whole(0, 1'000'000'000'000, "frames"), "frames to send", "this project",
     [](scenario& s, const value& v) { s.gen.count = static_cast<std::uint64_t>(v.number); }},
    {"gen.flows", "1", whole(1, 10'000), "flows (UDP source ports)", "this project",
     [](scenario& s, const value& v) { s.gen.flows = u32(v); }},
    {"gen.seed", "0", whole(0, 9'223'372'036'854'775'807), "seed of sizes, payload and errors; 0: run.seed",
     "this project", [](scenario& s, const value& v) { s.gen.seed = static_cast<std::uint64_t>(v.number); }},
    {"gen.arrival", "constant", choice("constant|poisson"), "spacing of frames", "this project",
     [](scenario& s, const value& v) { s.gen.arrival = static_cast<arrival_kind>(v.number); }},
    {"gen.payload", "random", choice("random|zeros|counting"), "payload after the 8-byte sequence number",
     "this project", [](scenario& s, const value& v) { s.gen.payload = static_cast<payload_kind>(v.number); }},
    {"gen.bad_fcs_per_million", "0", whole(0, 1'000'000, "per million"), "frames sent with a wrong FCS", "this project",
     [](scenario& s, const value& v) { s.gen.bad_fcs_per_million = u32(v); }},
    {"gen.rx_er_per_million", "0", whole(0, 1'000'000, "per million"), "frames with RX_ER raised inside",
     "this project", [](scenario& s, const value& v) { s.gen.rx_er_per_million = u32(v); }},
    {"gen.runt_per_million", "0", whole(0, 1'000'000, "per million"), "frames cut below 64 bytes", "this project",
     [](scenario& s, const value& v) { s.gen.runt_per_million = u32(v); }},
    {"gen.oversize_per_million", "0", whole(0, 1'000'000, "per million"), "frames above the chip's limit",
     "this project", [](scenario& s, const value& v) { s.gen.oversize_per_million = u32(v); }},
    {"gen.mix", "ordinary", choice("ordinary|flood|jumbo|chains|timers"), "what drawn frames are after", "this project",
     [](scenario& s, const value& v) { s.gen.drawn = static_cast<traffic_mix>(v.number); }},
});

}  // namespace

std::span<const key_row> hardware_rows() {
  return hardware_table;
}

}  // namespace ringside::platform
