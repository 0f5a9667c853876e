// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/poll.h"

namespace ringside::stack {

namespace {

/// Puts the task into the queue of the file asked (pollwait).
class poll_waiter final : public poll_table {
 public:
  explicit poll_waiter(poll_entry& of) : of_(of) {}
  void queue(kernel::wait_queue& where) override {
    where.prepare_to_wait(of_.events);  // pollwake passes by what is not asked for
    of_.queue = &where;
  }

 private:
  poll_entry& of_;
};

long look(std::span<poll_entry> entries) {
  long ready = 0;
  for (poll_entry& e : entries) {
    if (e.what != nullptr) e.revents = e.what->poll(nullptr) & e.events;
    ready += e.revents != 0 ? 1 : 0;
  }
  return ready;
}

}  // namespace

long do_poll(kernel::host& machine, std::span<poll_entry> entries, const wait_limit& limit) {
  alarm end(machine, limit);
  machine.consume(kernel::cost::poll_call, entries.size());
  machine.sync_software();
  long ready = look(entries);
  if (ready != 0 || end.over()) return ready;
  end.start();
  for (;;) {
    machine.prepare_to_sleep();
    for (poll_entry& e : entries) {
      poll_waiter waiter(e);
      if (e.what != nullptr) e.what->poll(&waiter);
    }
    machine.sync_software();
    ready = look(entries);
    if (ready != 0 || end.over()) break;
    machine.schedule();
  }
  for (const poll_entry& e : entries)  // poll_freewait
    if (e.queue != nullptr) e.queue->finish_wait();
  machine.finish_sleep();
  return ready;
}

}  // namespace ringside::stack
