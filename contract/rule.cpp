// SPDX-License-Identifier: Apache-2.0
#include "contract/rule.h"

#include <array>

namespace ringside::contract {
namespace {

constexpr party hw = party::hardware;
constexpr party sw = party::driver;

constexpr auto rules = std::to_array<rule_info>({
    {rule::P_3, "P-3", hw, "memory is written only while bus mastering is enabled", "FS 1.3"},
    {rule::P_4, "P-4", hw, "INTx is not asserted while Command disables it or the function is in D3", "FS 1.3"},
    {rule::P_6, "P-6", hw, "offsets without a register read 0, those of later chips among them", "FS 1.3, R-60, R-61"},
    {rule::X_1, "X-1", hw, "CTRL.RST completes within 5 ms", "FS 3.1"},
    {rule::X_4, "X-4", hw, "a register CTRL.RST resets reads its reset value until it is written", "FS 3.1, FS 2"},
    {rule::X_5, "X-5", hw, "PBA, MTA, VFTA and RDBA keep what was written over CTRL.RST", "FS 3.1"},
    {rule::X_6, "X-6", hw, "after CTRL.RST RA0 is valid and the other entries are not", "FS 3.1"},
    {rule::X_10, "X-10", hw, "CTRL after CTRL.RST is 0xA01, SLU by the EEPROM, 23:22 as before", "FS 3.1"},
    {rule::L_1, "L-1", hw, "LSC comes with every change of LU and with nothing else", "FS 3.4, L-2"},
    {rule::L_6, "L-6", hw, "no frame is received while LU = 0", "FS 3.4"},
    {rule::L_7, "L-7", hw, "CTRL.RST itself sets no LSC", "FS 3.4"},
    {rule::R_4, "R-4", sw, "BSIZE and BSEX change only while RCTL.EN = 0", "FS 6.1"},
    {rule::R_5, "R-5", hw, "a frame that begins while RCTL.EN = 0 is not received", "FS 6.1"},
    {rule::R_6, "R-6", hw, "with no unused descriptor on chip, what RDT offers is fetched at once", "FS 6.1, FS 6.3"},
    {rule::R_10, "R-10", hw, "descriptors are fetched whole and 16-byte aligned, inside RDBA..RDBA+RDLEN", "FS 6.2"},
    {rule::R_11, "R-11", hw, "hardware owns the descriptors from RDH up to but excluding RDT and uses no other",
     "FS 6.2"},
    {rule::R_12, "R-12", hw, "RDH moves at write-back completion, by the number written", "FS 6.2"},
    {rule::R_13, "R-13", hw, "hardware never fetches at or beyond RDT", "FS 6.2"},
    {rule::R_14, "R-14", hw, "the descriptor read is issued after RDT was accepted, so it sees what software posted",
     "FS 6.2"},
    {rule::R_16, "R-16", sw, "RDBA, RDLEN and RDH are written only while RCTL.EN = 0", "FS 6.2"},
    {rule::R_18, "R-18", hw, "no DMA while RDLEN = 0 or RDH is not below the descriptor count", "FS 6.2"},
    {rule::R_20, "R-20", hw, "completed descriptors reach WTHRESH or an empty ring: they are written back", "FS 6.5"},
    {rule::R_21, "R-21", hw, "order of a frame: data, descriptors, RDH, ICR cause, INTx", "FS 6.5"},
    {rule::R_22, "R-22", hw, "bytes 8-15 of a descriptor appear at once, DD among them", "FS 6.5"},
    {rule::R_23, "R-23", hw, "a non-EOP buffer is filled completely, its descriptor has length BSIZE and status DD",
     "FS 6.5, R-82"},
    {rule::R_24, "R-24", hw, "status and error bytes are written in full, reserved bits 0", "FS 6.5, FS 5.1, FS 5.2"},
    {rule::R_26, "R-26", hw, "a null descriptor is written back as fetched with DD added", "FS 6.5"},
    {rule::R_27, "R-27", hw, "no byte of a refused frame is written to memory", "FS 6.5"},
    {rule::R_30, "R-30", hw, "a frame's bytes go to memory only after all of it is in the FIFO", "FS 6.6"},
    {rule::R_31, "R-31", hw, "a frame is missed only for want of room, and counted in MPC", "FS 6.6, N-15"},
    {rule::R_32, "R-32", hw, "RNBC counts the good frames that find no free descriptor, and no others",
     "FS 6.6, R-12b"},
    {rule::R_33, "R-33", hw, "missed frames count in TPR and TOR, not in GPRC and GORC", "FS 6.6"},
    {rule::R_40, "R-40", hw, "with LPE = 0 and SBP = 0 no buffer takes more than 1522 bytes", "FS 6.8"},
    {rule::R_43, "R-43", hw, "VP only with CTRL.VME = 1, special 0 without VP", "FS 6.8, FS 5.1"},
    {rule::R_50, "R-50", hw, "reading the high word of a 64-bit counter clears both, the low word neither", "FS 6.10"},
    {rule::R_51, "R-51", hw, "a count in the cycle of a clearing read is not lost", "FS 6.10"},
    {rule::R_52, "R-52", hw, "reading a counter clears it", "FS 6.10"},
    {rule::R_53, "R-53", hw, "TPR and TOR count every frame on the wire", "FS 6.10"},
    {rule::R_54, "R-54", hw, "statistics are 0 after CTRL.RST", "FS 6.10"},
    {rule::R_55, "R-55", hw, "GPRC, GORC and the size bins count good frames placed in the FIFO", "FS 6.10"},
    {rule::R_56, "R-56", hw, "error counters count frames that passed the address filter", "FS 6.10, FS 6.8"},
    {rule::R_57, "R-57", hw, "SYMERRS stays 0", "FS 6.10"},
    {rule::R_82, "R-82", hw, "IXSM is set exactly when neither IPCS nor TCPCS is, with EOP", "FS 5.1"},
    {rule::R_83, "R-83", hw, "the packet checksum is the same in every descriptor of a frame", "FS 5.3"},
    {rule::R_84, "R-84", hw, "IPCS and IPE need RXCSUM.IPOFL, TCPCS and TCPE need RXCSUM.TUOFL", "FS 5.2, FS 5.4"},
    {rule::F_2, "F-2", hw, "XONRXC, XOFFRXC and FCRUC count MAC control frames and no others", "FS 6.9, F-3"},
    {rule::T_10, "T-10", hw, "payload is read from the buffers of the ring's descriptors, in order, and no byte beyond",
     "FS 9.1, T-46"},
    {rule::T_40, "T-40", hw, "transmit descriptors are fetched in order from [TDH, TDT), as software wrote them",
     "FS 9.3"},
    {rule::T_41, "T-41", hw, "no transmit descriptor is fetched with TCTL.EN = 0 or bus mastering off", "FS 9.3, T-80"},
    {rule::T_42, "T-42", hw, "DD is set when all bytes of the descriptors up to it have been read", "FS 9.3"},
    {rule::T_43, "T-43", hw, "TDH is the oldest descriptor that is not finished", "FS 9.3"},
    {rule::T_44, "T-44", hw, "descriptors with RS, and no others, get DD in ring order, all else as fetched", "FS 9.3"},
    {rule::T_60, "T-60", hw, "TXDW follows the write-back of a descriptor, at once without IDE", "FS 9.4, T-61"},
    {rule::T_61, "T-61", hw, "TXDW of descriptors with IDE comes when TIDV or TADV expires at the latest", "FS 9.4"},
    {rule::T_62, "T-62", hw, "TXQE comes when every descriptor is finished", "FS 9.4"},
    {rule::T_70, "T-70", hw, "the transmit FIFO holds no more than PBA.TXA gives it", "FS 9.5"},
    {rule::T_71, "T-71", hw, "frames begin when they are whole in the FIFO, and leave in the order they came",
     "FS 9.5"},
    {rule::T_72, "T-72", hw, "no frame begins with TCTL.EN = 0", "FS 9.5"},
    {rule::T_75, "T-75", hw, "between two frames pass IPGT + 4 byte times at least", "FS 9.5"},
    {rule::T_76, "T-76", hw, "there are no collisions, and no counter of them moves", "FS 9.5"},
    {rule::T_80, "T-80", hw, "no payload is read with TCTL.EN = 0", "FS 9.6"},
    {rule::T_90, "T-90", hw, "transmit counters count the frames on the wire, each once and in its class",
     "FS 9.7, R-50, R-51"},
    {rule::T_91, "T-91", hw, "XOFFTXC and XONTXC count the PAUSE frames sent", "FS 9.7"},
    {rule::N_1, "N-1", hw, "DD is never set before all data of the buffer is there", "FS 10.9"},
    {rule::N_2, "N-2", hw, "descriptors are written in ring order inside [RDH, RDT), none skipped", "FS 10.9"},
    {rule::N_3, "N-3", hw, "a buffer is never written before its start or beyond BSIZE bytes", "FS 10.9"},
    {rule::N_4, "N-4", hw, "with SBP = 0 no rejected or damaged frame reaches a descriptor", "FS 10.9"},
    {rule::N_5, "N-5", hw, "with RDTR = 0 a completed frame gets its DD without delay", "FS 10.9"},
    {rule::N_6, "N-6", hw, "no cause is lost by a register race, and INTx falls when ICR & IMS = 0",
     "FS 10.9, I-4, I-5"},
    {rule::N_7, "N-7", hw, "no interrupt while IMS = 0", "FS 10.9"},
    {rule::N_8, "N-8", hw, "no descriptor is used that was not fetched since the ring was rewritten", "FS 10.9"},
    {rule::N_9, "N-9", hw, "no fetch with RCTL.EN = 0, bus mastering off or RDH = RDT", "FS 10.9, R-7"},
    {rule::N_10, "N-10", hw, "no DMA after CTRL.RST or more than 10 ms after RCTL.EN = 0", "FS 10.9, X-7"},
    {rule::N_11, "N-11", hw, "lengths exclude stripped VLAN bytes and, with SECRC, the CRC", "FS 10.9"},
    {rule::N_12, "N-12", hw, "each frame has EOP in exactly one descriptor", "FS 10.9"},
    {rule::N_13, "N-13", hw, "no register reads as all ones", "FS 10.9, I-7"},
    {rule::N_15, "N-15", hw, "frames in the FIFO go on to memory while descriptors are free", "FS 10.9, R-32, R-34"},
    {rule::I_1, "I-1", hw, "RXT0 follows the write-back of a frame when RDTR = 0 or its timers have expired",
     "FS 7.2, FS 7.4, R-20"},
    {rule::I_2, "I-2", hw, "reading ICR returns the causes set since the last read and clears them all", "FS 7.2"},
    {rule::I_5, "I-5", hw, "INTx is asserted exactly while (ICR & IMS) != 0, after throttle", "FS 7.2"},
    {rule::I_6, "I-6", hw, "bits written to ICS are set in ICR", "FS 7.2"},
    {rule::I_7, "I-7", hw, "ICR does not read 0 while INTx is asserted", "FS 7.2"},
    {rule::I_9, "I-9", hw, "the ICR read returns after the writes of the causes it reports are in memory", "FS 7.2"},
    {rule::I_20, "I-20", hw, "one assertion comes no sooner than ITR x 256 ns after the last", "FS 7.3"},
    {rule::I_32, "I-32", hw, "no receive timer expires early: RDTR from the last byte, RADV from the first frame",
     "FS 7.4, I-30, I-31, I-50, I-53"},
    {rule::I_40, "I-40", hw, "RXDMT0 comes once each time free descriptors fall to the threshold", "FS 7.5"},
    {rule::I_41, "I-41", hw, "RXO comes with every missed frame and with nothing else", "FS 7.5"},
    {rule::I_54, "I-54", hw, "ICR holds bits 16:0, the others read 0", "FS 7.1"},
    {rule::D_4, "D-4", sw, "no received frame waits for the watchdog's ICS", "FS 10.4"},
    {rule::D_5, "D-5", hw, "with LPE = 0 and SBP = 0 a frame in memory has 56 to 1522 bytes", "FS 10.5, R-43"},
    {rule::D_6, "D-6", hw, "no byte is written to a buffer the driver has unmapped", "FS 10.8"},
    {rule::S_1, "S-1", sw, "the driver does not write a descriptor that it has handed to the card", "R-11, R-13"},
    {rule::S_2, "S-2", sw, "RDT covers only descriptors posted before the doorbell", "R-14"},
    {rule::S_3, "S-3", sw, "RDT stays below the count and one descriptor short of the next to clean", "R-11, R-15"},
    {rule::S_4, "S-4", sw, "the driver takes a descriptor only when its DD is in memory", "R-21, FS 10.4"},
    {rule::S_5, "S-5", sw, "a mapped DMA address is not mapped again", "Linux core-api/dma-api"},
    {rule::S_6, "S-6", sw, "only a mapped DMA address is unmapped, with its own size", "Linux core-api/dma-api"},
    {rule::S_7, "S-7", sw, "a buffer stays mapped while the card owns its descriptor", "Linux core-api/dma-api, D-6"},
    {rule::S_8, "S-8", sw, "what is posted as a buffer is mapped for all the bytes the card may write",
     "Linux core-api/dma-api"},
    {rule::S_9, "S-9", sw, "descriptors are taken in ring order, none twice", "FS 10.4"},
    {rule::S_10, "S-10", sw, "the handler reads ICR before it schedules the poll", "FS 10.3, I-9"},
    {rule::S_11, "S-11", sw, "IMS is written only after the poll has completed", "FS 10.4"},
    {rule::S_12, "S-12", sw, "a buffer is synced or unmapped before its bytes are used", "Linux core-api/dma-api"},
    {rule::S_13, "S-13", sw, "every byte of a packet was synced or unmapped since the card wrote it",
     "Linux core-api/dma-api"},
    {rule::S_14, "S-14", sw,
     "map, unmap and sync agree on direction and bytes, and the CPU touches only what is its own",
     "Linux core-api/dma-api"},
    {rule::S_15, "S-15", sw, "no buffer is still mapped when the driver has closed", "Linux core-api/dma-api, FS 10.8"},
    {rule::S_16, "S-16", sw, "the low word of a 64-bit counter is read before the high word, which clears both",
     "R-50, FS 10.7"},
    {rule::S_17, "S-17", sw, "the driver does not write a transmit descriptor that it has handed to the card", "T-40"},
    {rule::S_18, "S-18", sw, "TDT stays below the count, covers what was written, and passes nothing that is not done",
     "T-40"},
    {rule::S_19, "S-19", sw, "the bytes a transmit descriptor names are mapped until its DD is in memory",
     "Linux core-api/dma-api"},
    {rule::S_20, "S-20", sw, "TDBA, TDLEN and TDH are written only while TCTL.EN = 0", "FS 9.3, T-47"},
    {rule::S_21, "S-21", sw, "a context descriptor comes before the packets that use it", "FS 9.1, T-15"},
});
static_assert(rules.size() == rule_count);

constexpr bool in_order() {
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (static_cast<std::size_t>(rules[i].which) != i) return false;
  return true;
}
static_assert(in_order(), "one row per rule, in the order of the enumeration");

}  // namespace

std::span<const rule_info> all_rules() {
  return rules;
}

const rule_info& info(rule which) {
  return rules.at(static_cast<std::size_t>(which));
}

std::optional<rule> rule_by_id(std::string_view id) {
  for (const rule_info& row : rules)
    if (row.id == id) return row.which;
  return std::nullopt;
}

}  // namespace ringside::contract
