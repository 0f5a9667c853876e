// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/linux_host/linux_cpu.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "hw/tlm/linux_host/guest_error.h"
#include "hw/tlm/pci/pci_space_extension.h"
#include "hw/tlm/systemc/sc_time_convert.h"

namespace ringside::tlm {
namespace {

constexpr unsigned command_queue = 0, interrupt_queue = 1;
// Of 256 entries; the guest frees them when it reads, or when it is told to look.
constexpr unsigned most_posted = 64;
constexpr std::size_t stack_bytes = 1U << 20;
constexpr std::uint8_t message_interrupt = 6;  // VIRTIO_PCIDEV_OP_INT
constexpr std::size_t message_bytes = 16;      // struct virtio_pcidev_msg without data

}  // namespace

linux_cpu::linux_cpu(const sc_core::sc_module_name& name)
    : sc_module(name),
      bus_out("bus_out"),
      pci_(
          2, [this](unsigned queue) { kicked(queue); }, [this](const guest_memory& m) { mapped_(m); }) {
  SC_HAS_PROCESS(linux_cpu);
  SC_THREAD(run);
  set_stack_size(stack_bytes);
}

void linux_cpu::power_on(const linux_cpu_params& params, guest_link& link, guest_console* console, on_memory mapped) {
  params_ = params;
  link_ = &link;
  console_ = console;
  mapped_ = std::move(mapped);
  changed_.notify(sc_core::SC_ZERO_TIME);
}

sim_time linux_cpu::now() {
  return from_sc_time(sc_core::sc_time_stamp());
}

// An exception may not leave a process of SystemC.
void linux_cpu::run() {
  while (link_ == nullptr) wait(changed_);
  try {
    live();
  } catch (const guest_gone&) {
  } catch (const guest_error&) {
    failure_ = std::current_exception();
  }
  ended_ = true;
}

void linux_cpu::live() {
  for (;;) {
    while (!link_->clock().waiting()) link_->serve(&linux_cpu::now);
    wait_in_time();
  }
}

// Wakes: at the time the guest wants, or for INTA# and the console.
void linux_cpu::wait_in_time() {
  const sim_time since = now();
  while (link_->clock().waiting()) {
    const sim_time here = now();
    const sim_time wanted = link_->clock().wanted();
    if (next_interrupt(here) <= std::min(here, wanted) && deliver_something(here)) continue;
    if (wanted <= here) {
      counters_.longest_lag = std::max(counters_.longest_lag, here - wanted);
      return link_->clock().run();
    }
    if (posted_ >= most_posted && pci_.connected()) {
      posted_ = 0;
      link_->call(pci_, command_queue, here);
      continue;
    }
    const sim_time until = std::min(wanted, next_interrupt(here));
    if (until != time_never) {
      notify(until);
    } else if (params_.sleep_limit != time_never) {
      if (here - since >= params_.sleep_limit)
        throw guest_error(
            fmt::format("deadlock: the guest sleeps until something comes, and nothing has come for {} s "
                        "of simulated time",
                        params_.sleep_limit / second));
      notify(since + params_.sleep_limit);
    }
    wait(changed_);
  }
}

bool linux_cpu::deliver_something(sim_time here) {
  if (console_ != nullptr && console_->wants_to_call() && console_->device().connected()) {
    console_->hand_over();
    link_->call(console_->device(), guest_console::input_queue, here);
    return true;
  }
  if (due_ > here) return false;
  if (!pci_.connected()) {
    due_ = time_never;  // the guest has taken the device away
    return true;
  }
  std::array<std::byte, message_bytes> message{};
  message[0] = std::byte{message_interrupt};
  const virtqueue::chain room = std::move(interrupt_rooms_.front());
  interrupt_rooms_.pop_front();
  pci_.give_back(interrupt_queue, room, room.put(message));
  due_ = time_never;
  in_service_ = true;
  ++counters_.interrupts;
  link_->call(pci_, interrupt_queue, here);
  return true;
}

// INTA# as it stands at `here`, and when what follows from it reaches the CPU; something typed comes at once.
sim_time linux_cpu::next_interrupt(sim_time here) {
  while (!pin_.empty() && pin_.front().time <= here) {
    const pin_change change = pin_.front();
    pin_.pop_front();
    if (change.asserted && !asserted_ && !in_service_ && due_ == time_never)
      due_ = change.time + params_.interrupt_latency;
    asserted_ = change.asserted;
  }
  if (console_ != nullptr && console_->wants_to_call() && console_->device().connected()) return here;
  sim_time first = interrupt_rooms_.empty() ? time_never : due_;
  if (!pin_.empty()) first = std::min(first, pin_.front().time);
  return first;
}

void linux_cpu::set_interrupt(bool asserted, sim_time t) {
  pin_.push_back({t, asserted});
  notify(t);
}

void linux_cpu::look_at_console(sim_time t) {
  notify(t);
}

// An event has one date: an earlier one stands, and who is woken for it looks again.
void linux_cpu::notify(sim_time t) {
  changed_.notify(to_sc_time(std::max<sim_time>(t - now(), 0)));
  if (on_schedule_) on_schedule_(t);
}

// ---- accesses

void linux_cpu::kicked(unsigned queue) {
  while (auto chain = pci_.take(queue)) {
    if (queue == interrupt_queue) {
      interrupt_rooms_.push_back(std::move(*chain));
      if (!in_service_) continue;
      // The end of the interrupt: the line is looked at again.
      in_service_ = false;
      next_interrupt(now());
      if (asserted_ && due_ == time_never) due_ = now() + params_.interrupt_latency;
    } else {
      // The answer is in the ring before the kick is answered (linux/kernel/virt_pci_shim.h, 3).
      pci_.give_back(queue, *chain, command(*chain));
    }
  }
}

std::uint32_t linux_cpu::command(const virtqueue::chain& chain) {
  const std::vector<pci_cycle> cycles = cycles_.of(chain.from_guest);
  std::vector<std::uint32_t> answers;
  for (pci_cycle cycle : cycles) {
    answers.push_back(access(cycle));
    count(cycle);
    cycle.data = answers.back();
    if (on_access_) on_access_(cycle, now());
  }
  posted_ = cycles.front().write ? posted_ + 1 : 0;
  return cycles.front().write ? 0 : chain.put(pci_cycles::answer(cycles, answers));
}

// Wakes: when the bus has ended a read, I/O or configuration access, or has room for another posted write.
std::uint32_t linux_cpu::access(const pci_cycle& cycle) {
  std::uint32_t data = cycle.data;
  ::tlm::tlm_generic_payload payload;
  pci_space_extension extension;
  extension.space = cycle.space;
  extension.byte_enables = cycle.enables;
  payload.set_extension(&extension);
  payload.set_command(cycle.write ? ::tlm::TLM_WRITE_COMMAND : ::tlm::TLM_READ_COMMAND);
  payload.set_address(cycle.address);
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(&data));
  payload.set_data_length(sizeof data);
  payload.set_streaming_width(sizeof data);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  bus_out->b_transport(payload, delay);
  payload.clear_extension(&extension);
  if (payload.is_response_error()) throw guest_error("the host bridge refuses an access of the guest");
  return data;
}

void linux_cpu::count(const pci_cycle& cycle) {
  switch (cycle.space) {
    case pci_space::config:
      ++(cycle.write ? counters_.config_writes : counters_.config_reads);
      return;
    case pci_space::io:
      if (cycle.write) ++counters_.port_writes;
      return;
    default:
      ++(cycle.write ? counters_.writes : counters_.reads);
  }
}

}  // namespace ringside::tlm
