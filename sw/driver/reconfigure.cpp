// SPDX-License-Identifier: Apache-2.0
// The interface changed while it runs (FS 10.8): filters live, everything that concerns buffers or rings by down and
// up.
//
// As in Linux only one task at a time reconfigures (RTNL); close() may come at any moment and waits.
#include <algorithm>

#include "sw/driver/e1000.h"

namespace ringside::driver {
namespace {
constexpr std::uint16_t highest_vid = 4094;  // IEEE 802.1Q 9.6: 4095 is reserved

std::uint64_t word_of(const stack::mac_address& a) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < a.size(); ++i) word |= std::uint64_t{a[i]} << (8 * i);
  return word;
}
}  // namespace

driver_status e1000::traced(reconfiguration what, std::uint64_t value, const std::function<driver_status()>& change) {
  const auto kind = static_cast<std::uint64_t>(what);
  host_.emit(stage::reconfigure, 0, kind, value);
  const driver_status result = change();
  const std::uint64_t refused = result == driver_status::ok ? 0 : reconfiguration_refused;
  host_.emit(stage::reconfigure, 0, kind | reconfiguration_ended | refused, value);
  return result;
}

// __E1000_RESETTING: whoever takes the interface down and up again does so alone.
void e1000::begin_reset() {
  for (;;) {
    host_.sync();
    if (!resetting_) break;
    kernel_.clock().msleep(1 * ms);
  }
  resetting_ = true;
}

void e1000::end_reset() {
  host_.sync();
  resetting_ = false;
}

// ---- Down and up: rings, buffers, RXCSUM, SBP.

driver_status e1000::around_a_stop(const std::function<driver_status(bool)>& change) {
  begin_reset();
  const bool running = open_;
  if (running) down();
  const driver_status result = change(running);
  if (running) up();
  end_reset();
  return result;
}

driver_status e1000::set_ring_size(std::uint32_t wished) {
  return traced(reconfiguration::ring_size, wished, [this, wished] {
    config wanted = settings_;
    wanted.ring_size = wished;
    if (!check(wanted).empty()) return driver_status::bad_config;
    const std::uint32_t descriptors = ring_descriptors(wished);
    return around_a_stop([this, descriptors](bool running) {
      if (running && !receiver_->resize(descriptors)) return driver_status::no_memory;  // up again with the old ring
      settings_.ring_size = descriptors;
      receiver_->apply(settings_);
      return driver_status::ok;
    });
  });
}

driver_status e1000::set_tx_ring_size(std::uint32_t wished) {
  config wanted = settings_;
  wanted.tx_ring_size = wished;
  if (!check(wanted).empty()) return driver_status::bad_config;
  const std::uint32_t descriptors = ring_descriptors(wished);
  return around_a_stop([this, descriptors](bool running) {
    if (running && !transmitter_.resize(descriptors)) return driver_status::no_memory;
    settings_.tx_ring_size = descriptors;
    return driver_status::ok;
  });
}

driver_status e1000::change_mtu(std::uint32_t mtu) {
  return traced(reconfiguration::mtu, mtu, [this, mtu] {
    config wanted = settings_;
    wanted.mtu = mtu;
    if (!check(wanted).empty() || (receiver_->has_frame_hook() && accepts_chains(wanted)))
      return driver_status::bad_config;
    begin_reset();
    const bool running = open_;
    settings_.mtu = mtu;  // before the reset, which chooses PBA by it
    if (running) {
      receiver_->stop_refill();
      down();
    } else if (probed_) {
      reset();
    }
    receiver_->apply(settings_);
    stack::packet_layer::set_mtu(dev_, mtu);
    if (running) up();
    end_reset();
    return driver_status::ok;
  });
}

driver_status e1000::set_rx_checksum(bool on) {
  return traced(reconfiguration::rx_checksum, on ? 1 : 0, [this, on] {
    if (settings_.checksum_offload == on) return driver_status::ok;
    return around_a_stop([this, on](bool) {
      settings_.checksum_offload = on;
      receiver_->apply(settings_);
      return driver_status::ok;
    });
  });
}

// A frame in several buffers has no place where the hook could see it whole (igb_xdp_setup, igb_change_mtu).
driver_status e1000::set_frame_hook(frame_hook hook) {
  if (hook && accepts_chains(settings_)) return driver_status::bad_config;
  if (open_) return driver_status::busy;
  receiver_->set_frame_hook(std::move(hook));
  return driver_status::ok;
}

// NETIF_F_RXALL.  Buffers as well: without SBP the chip writes no more than 1522 bytes into one.
driver_status e1000::set_store_bad(bool on) {
  return traced(reconfiguration::store_bad, on ? 1 : 0, [this, on] {
    if (settings_.store_bad == on) return driver_status::ok;
    return around_a_stop([this, on](bool) {
      settings_.store_bad = on;
      receiver_->apply(settings_);
      return driver_status::ok;
    });
  });
}

// ---- Live: interrupts masked around VLAN changes, softirqs off around the address filter (netif_addr_lock_bh).

void e1000::mask_around(const std::function<void()>& change) {
  const bool running = !down_ && mode_->uses_interrupts();
  if (running) {
    regs_.disable_interrupts();
    kernel_.irqs().synchronize_irq(slot_.line);
  }
  change();
  if (running) regs_.enable_interrupts();
}

void e1000::rx_mode_changed() {
  if (!open_) return;
  kernel_.softirq().local_bh_disable();
  filter_.set_rx_mode(dev_);
  kernel_.softirq().local_bh_enable();
}

driver_status e1000::set_promiscuous(bool on) {
  return traced(reconfiguration::promiscuous, on ? 1 : 0, [this, on] {
    dev_.promiscuous = on;
    rx_mode_changed();
    return driver_status::ok;
  });
}

driver_status e1000::set_all_multicast(bool on) {
  return traced(reconfiguration::all_multicast, on ? 1 : 0, [this, on] {
    dev_.all_multicast = on;
    rx_mode_changed();
    return driver_status::ok;
  });
}

driver_status e1000::add_address(std::vector<stack::mac_address>& list, const stack::mac_address& address) {
  if (std::find(list.begin(), list.end(), address) != list.end()) return driver_status::exists;
  list.push_back(address);
  rx_mode_changed();
  return driver_status::ok;
}

driver_status e1000::remove_address(std::vector<stack::mac_address>& list, const stack::mac_address& address) {
  if (std::erase(list, address) == 0) return driver_status::absent;
  rx_mode_changed();
  return driver_status::ok;
}

driver_status e1000::add_multicast(const stack::mac_address& address) {
  return traced(reconfiguration::multicast_add, word_of(address), [this, &address] {
    return stack::is_multicast(address) ? add_address(dev_.multicast, address) : driver_status::bad_config;
  });
}

driver_status e1000::remove_multicast(const stack::mac_address& address) {
  return traced(reconfiguration::multicast_remove, word_of(address),
                [this, &address] { return remove_address(dev_.multicast, address); });
}

driver_status e1000::add_unicast(const stack::mac_address& address) {
  return traced(reconfiguration::unicast_add, word_of(address), [this, &address] {
    return stack::is_multicast(address) ? driver_status::bad_config : add_address(dev_.unicast, address);
  });
}

driver_status e1000::remove_unicast(const stack::mac_address& address) {
  return traced(reconfiguration::unicast_remove, word_of(address),
                [this, &address] { return remove_address(dev_.unicast, address); });
}

// No interrupt handler touches RXDCTL, so nothing is masked.
driver_status e1000::set_threshold(reconfiguration which, std::uint32_t descriptors) {
  return traced(which, descriptors, [this, which, descriptors] {
    config wanted = settings_;
    (which == reconfiguration::pthresh   ? wanted.pthresh
     : which == reconfiguration::hthresh ? wanted.hthresh
                                         : wanted.wthresh) = descriptors;
    if (!check(wanted).empty()) return driver_status::bad_config;
    settings_ = wanted;
    if (open_) hardware_.write_thresholds();
    return driver_status::ok;
  });
}

driver_status e1000::send_pause(bool on) {
  if (open_) link_.send_pause(on, hardware_.packet_buffer_kb());
  return driver_status::ok;
}

driver_status e1000::hang() {
  if (open_) hardware_.stop_transmitter();
  return driver_status::ok;
}

// e1000_vlan_rx_add_vid: the first VID turns the filter on, and that is VID 0: priority-tagged frames belong to the
// interface itself, and vlan_device_event() adds their VID to every interface that is up when VLANs come into use.
driver_status e1000::vlan_rx_add_vid(std::uint16_t vid) {
  return traced(reconfiguration::vlan_add, vid, [this, vid] {
    if (vid > highest_vid) return driver_status::bad_config;
    if (filter_.has_vlan(vid)) return driver_status::exists;
    if (!open_) {
      filter_.note_vlan(vid);
      return driver_status::ok;
    }
    if (!filter_.vlan_used()) {
      mask_around([this] {
        filter_.set_vlan_strip(settings_.vlan_offload);
        filter_.set_vlan_filter(true, dev_);
      });
      filter_.add_priority_tag();
    }
    filter_.add_vlan(vid);
    return driver_status::ok;
  });
}

// e1000_vlan_rx_kill_vid.  The last VLAN does not turn the filter off: VID 0 stays.
driver_status e1000::vlan_rx_kill_vid(std::uint16_t vid) {
  return traced(reconfiguration::vlan_remove, vid, [this, vid] {
    if (!filter_.has_vlan(vid)) return driver_status::absent;
    if (!open_) {
      filter_.forget_vlan(vid);
      return driver_status::ok;
    }
    filter_.remove_vlan(vid);
    return driver_status::ok;
  });
}

driver_status e1000::set_vlan_strip(bool on) {
  return traced(reconfiguration::vlan_strip, on ? 1 : 0, [this, on] {
    if (settings_.vlan_offload == on) return driver_status::ok;
    settings_.vlan_offload = on;
    if (open_) mask_around([this] { filter_.set_vlan_strip(settings_.vlan_offload); });
    return driver_status::ok;
  });
}

}  // namespace ringside::driver
