// SPDX-License-Identifier: Apache-2.0
// Shadow of the card's receive registers, from the register writes the card took (stage::reg_write).
//
// Owned by the checker; every rule reads it.  Reset values are those of FS 2.
#pragma once

#include <cstdint>

#include "common/ethernet.h"
#include "common/time.h"

namespace ringside::contract {

class nic_registers {
 public:
  /// Register writes at or above this offset are configuration writes at (offset - base); optional for the platform.
  static constexpr std::uint64_t config_base = 0x1000'0000;

  static constexpr std::uint64_t command_offset = 0x04;  // PCI 2.3 section 6.2.2
  static constexpr std::uint64_t power_offset = 0xE0;    // PMCSR, FS 1.2

  /// Takes a value, masked as the chip does.
  void write(std::uint64_t offset, std::uint32_t value, sim_time t);
  /// RDH as write-backs have moved it.
  void set_head(std::uint32_t index) { head_ = index; }
  /// CTRL.RST took effect.
  void reset(sim_time t);

  bool enabled() const { return enabled_; }
  bool store_bad() const { return store_bad_; }
  bool long_packets() const { return long_packets_; }
  /// Of a good frame, DA..FCS (FS 6.8).
  std::uint32_t longest_frame() const { return long_packets_ ? ethernet::longest_with_lpe : ethernet::longest_frame; }
  std::uint32_t flow_type() const { return flow_type_; }  // FCT
  sim_time flow_type_written() const { return flow_type_written_; }
  bool strip_crc() const { return strip_crc_; }
  std::uint32_t buffer_size() const { return buffer_size_; }  // bytes
  std::uint64_t ring_base() const { return ring_base_; }
  std::uint32_t ring_count() const { return ring_bytes_ / 16; }  // descriptors
  std::uint32_t head() const { return head_; }                   // as software wrote it or set_head()
  std::uint32_t tail() const { return tail_; }
  std::uint32_t delay() const { return delay_; }                           // RDTR, 1.024 us
  std::uint32_t absolute_delay() const { return absolute_delay_; }         // RADV, 1.024 us
  std::uint32_t small_packet() const { return small_packet_; }             // RSRPD, bytes
  std::uint32_t fifo_bytes() const { return fifo_kib_ * 1024; }            // PBA.RXA in force
  std::uint32_t sending_bytes() const { return (64 - fifo_kib_) * 1024; }  // PBA.TXA
  std::uint32_t itr() const { return itr_; }                               // 256 ns
  std::uint32_t write_threshold() const { return write_threshold_; }
  /// n >> (RDMTS + 1), I-40.
  std::uint32_t minimum_threshold() const { return ring_count() >> (threshold_select_ + 1); }
  /// Bits that were ever set since reset: a frame may have been judged by an older value.
  std::uint32_t rxcsum_seen() const { return rxcsum_seen_; }
  bool vlan_strip_seen() const { return vlan_strip_seen_; }

  sim_time enable_fell() const { return enable_fell_; }    // last time EN went to 0, or -1
  sim_time long_fell() const { return long_fell_; }        // last time LPE and SBP went to 0, or long ago
  sim_time rctl_written() const { return rctl_written_; }  // last change of RCTL
  /// True until a configuration write says otherwise.
  bool bus_master() const { return bus_master_ && !asleep_; }
  sim_time bus_master_fell() const { return bus_master_fell_; }
  sim_time bus_master_rose() const { return bus_master_rose_; }
  /// P-3: software has stopped all DMA, the receiver's and the card's.
  bool stopped() const { return !enabled() && !bus_master(); }
  /// Of the buffers in use since EN was 1 last: BSIZE may change with EN = 0 while bursts end.
  std::uint32_t widest_buffer() const { return widest_buffer_; }
  bool powered_down() const { return powered_down_; }  // D3
  bool intx_disabled() const { return intx_disabled_ || powered_down_; }

 private:
  void set_rctl(std::uint32_t value, sim_time t);
  void set_rxdctl(std::uint32_t value);
  void set_config(std::uint64_t offset, std::uint32_t value, sim_time t);

  bool enabled_ = false;
  bool store_bad_ = false;
  bool long_packets_ = false;
  bool strip_crc_ = false;
  bool vlan_strip_seen_ = false;
  bool bus_master_ = true;
  bool intx_disabled_ = false;
  bool powered_down_ = false;  // D3
  bool asleep_ = false;        // D3, and D0 after it until memory space is enabled
  std::uint32_t threshold_select_ = 0;
  std::uint32_t buffer_size_ = 2048;
  std::uint32_t widest_buffer_ = 2048;
  std::uint64_t ring_base_ = 0;
  std::uint32_t ring_bytes_ = 0;
  std::uint32_t head_ = 0;
  std::uint32_t tail_ = 0;
  std::uint32_t delay_ = 0;
  std::uint32_t absolute_delay_ = 0;
  std::uint32_t small_packet_ = 0;
  std::uint32_t fifo_kib_ = 48;  // FS 6.6
  std::uint32_t fifo_kib_asked_ = 48;
  std::uint32_t itr_ = 0;
  std::uint32_t write_threshold_ = 1;
  std::uint32_t rxcsum_seen_ = 0;
  std::uint32_t flow_type_ = 0;
  sim_time flow_type_written_ = 0;
  sim_time enable_fell_ = -1;
  sim_time long_fell_ = -time_never / 2;
  sim_time bus_master_fell_ = -time_never / 2;
  sim_time bus_master_rose_ = -time_never / 2;
  sim_time rctl_written_ = 0;
};

}  // namespace ringside::contract
