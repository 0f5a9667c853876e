// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/eventpoll.h"

#include <algorithm>

namespace ringside::stack {

namespace {

constexpr poll_mask private_bits = abi::epollwakeup | abi::epolloneshot | abi::epollet | abi::epollexclusive;
constexpr poll_mask in_out = abi::epollin | abi::epollout;
constexpr poll_mask exclusive_may_have =
    in_out | abi::epollerr | abi::epollhup | abi::epollwakeup | abi::epollet | abi::epollexclusive;

/// Takes the one queue a file waits with (ep_ptable_queue_proc).
class queue_taker final : public poll_table {
 public:
  void queue(kernel::wait_queue& where) override { taken = &where; }
  kernel::wait_queue* taken = nullptr;
};

}  // namespace

eventpoll::scan_lock::scan_lock(eventpoll& set) : set_(set) {
  if (set_.locked_) {
    do {
      set_.mutex_.prepare_to_wait_exclusive();
      if (!set_.locked_) break;
      set_.host_.schedule();
    } while (set_.locked_);
    set_.mutex_.finish_wait();
  }
  set_.locked_ = true;
}

eventpoll::scan_lock::~scan_lock() {
  set_.locked_ = false;
  if (set_.mutex_.has_waiters()) set_.mutex_.wake_up();
}

// do_epoll_ctl.
long eventpoll::control(int operation, file& what, int fd, const abi::epoll_event& event) {
  if (!what.can_poll()) return -EPERM;
  if (&what == this) return -EINVAL;
  const bool has_event = operation != abi::epoll_ctl_del;
  eventpoll* const inner = what.as_eventpoll();
  if (has_event && (event.events & abi::epollexclusive) != 0) {
    if (operation == abi::epoll_ctl_mod) return -EINVAL;
    if (inner != nullptr || (event.events & ~exclusive_may_have) != 0) return -EINVAL;
  }
  if (operation == abi::epoll_ctl_add && inner != nullptr && would_loop(*inner)) return -ELOOP;
  const scan_lock held(*this);
  item* const found = find(what, fd);
  switch (operation) {
    case abi::epoll_ctl_add:
      if (found != nullptr) return -EEXIST;
      insert(what, fd, event);
      return 0;
    case abi::epoll_ctl_del:
      if (found == nullptr) return -ENOENT;
      remove(*found);
      return 0;
    case abi::epoll_ctl_mod:
      if (found == nullptr) return -ENOENT;
      if ((found->event.events & abi::epollexclusive) != 0) return -EINVAL;
      modify(*found, event);
      return 0;
    default:
      return -EINVAL;
  }
}

eventpoll::item* eventpoll::find(const file& what, int fd) {
  const auto found =
      std::find_if(items_.begin(), items_.end(), [&](const item& it) { return it.what == &what && it.fd == fd; });
  return found == items_.end() ? nullptr : &*found;
}

// ep_insert.
void eventpoll::insert(file& what, int fd, const abi::epoll_event& event) {
  item& it = items_.emplace_back(item{&what, fd, event});
  it.event.events |= abi::epollerr | abi::epollhup;
  what.add_watcher(*this);
  queue_taker taker;
  look(it, &taker);
}

// ep_modify.  The new interest first: a wake-up on another CPU looks at it, and at the old one up to then.
void eventpoll::modify(item& it, const abi::epoll_event& event) {
  host_.sync_software();
  it.event = event;
  it.event.events |= abi::epollerr | abi::epollhup;
  look(it, nullptr);
}

// What is ready already is listed, and who waits is told.
void eventpoll::look(item& it, poll_table* table) {
  host_.sync_software();
  if (table != nullptr) {
    it.what->poll(table);
    it.queue = static_cast<queue_taker*>(table)->taken;
    if (it.queue != nullptr)
      it.queue->add_callback(
          &it, [this, &it](frame_id frame, kernel::wake_key what) { return ring(it, frame, what); },
          (it.event.events & abi::epollexclusive) != 0);
  }
  if ((it.what->poll(nullptr) & it.event.events) == 0 || it.linked) return;
  it.linked = true;
  ready_.push_back(&it);
  if (wait_.has_waiters()) wait_.wake_up();
  if (poll_wait_.has_waiters()) poll_wait_.wake_up(0, abi::epollin);
}

// ep_remove.  The callback first: removing it may have to wait for one that runs, and uses its item.
void eventpoll::remove(item& it) {
  if (it.queue != nullptr) it.queue->remove_callback(&it);
  it.what->remove_watcher(*this);
  std::erase(ready_, &it);
  std::erase(overflow_, &it);
  items_.remove_if([&it](const item& i) { return &i == &it; });
}

// eventpoll_release_file.
void eventpoll::let_go(file& of) {
  for (auto at = items_.begin(); at != items_.end();) {
    item& it = *at++;
    if (it.what == &of) remove(it);
  }
}

void eventpoll::release() {
  while (!items_.empty()) remove(items_.front());
}

// ep_poll_callback.
bool eventpoll::ring(item& it, frame_id frame, kernel::wake_key what) {
  const poll_mask interest = it.event.events;
  const bool shared = (interest & abi::epollexclusive) == 0;
  if ((interest & ~private_bits) == 0 || (what != 0 && (what & interest) == 0)) return shared;
  if (scanning_) {
    if (!it.overflow) overflow_.push_back(&it);
    it.overflow = true;
  } else if (!it.linked) {
    it.linked = true;
    ready_.push_back(&it);
  }
  bool used = false;
  if (wait_.has_waiters()) {
    const poll_mask direction = what & in_out;
    used = direction != in_out && (direction & interest) == direction;
    wait_.wake_up(frame);
  }
  if (poll_wait_.has_waiters()) poll_wait_.wake_up(frame, abi::epollin);
  return shared || used;
}

// ep_start_scan.
void eventpoll::begin_scan() {
  scanned_.swap(ready_);
  scanning_ = true;
}

// ep_done_scan: who was not asked comes first, then what rang meanwhile, then who is to be asked again.
void eventpoll::end_scan(std::size_t asked) {
  scanning_ = false;
  for (item* it : overflow_) {
    it->overflow = false;
    if (it->linked) continue;
    it->linked = true;
    scanned_.push_back(it);
  }
  overflow_.clear();
  ready_.insert(ready_.begin(), scanned_.begin() + static_cast<std::ptrdiff_t>(asked), scanned_.end());
  scanned_.clear();
  if (!ready_.empty() && wait_.has_waiters()) wait_.wake_up();
}

// ep_send_events: every listed file is asked once more.  A level-triggered one goes back on the list, behind those
// that were not asked, and is asked again next time.
long eventpoll::send_events(std::span<abi::epoll_event> events) {
  if (ready_.empty()) return 0;
  const scan_lock held(*this);
  std::size_t count = 0;
  std::size_t asked = 0;
  begin_scan();
  while (count < events.size() && asked < scanned_.size()) {
    item& it = *scanned_[asked++];
    it.linked = false;
    const poll_mask ready = it.what->poll(nullptr) & it.event.events;
    if (ready == 0) continue;
    events[count++] = {ready, it.event.data};
    if ((it.event.events & abi::epolloneshot) != 0) {
      it.event.events &= private_bits;
    } else if ((it.event.events & abi::epollet) == 0) {
      it.linked = true;
      ready_.push_back(&it);
    }
  }
  end_scan(asked);
  return static_cast<long>(count);
}

// ep_poll.
long eventpoll::wait(std::span<abi::epoll_event> events, const wait_limit& limit) {
  alarm end(host_, limit, &wait_);
  host_.consume(kernel::cost::poll_call);
  for (;;) {
    host_.sync_software();
    const long count = send_events(events);
    if (count != 0 || end.over()) return count;
    end.start();
    for (;;) {
      wait_.prepare_to_wait_exclusive();
      if (!ready_.empty() || end.over()) break;
      host_.schedule();
    }
    wait_.finish_wait();
  }
}

// __ep_eventpoll_poll: ready when something in it is; what is not leaves the list.
poll_mask eventpoll::poll(poll_table* table) {
  if (table != nullptr) table->queue(poll_wait_);
  if (ready_.empty()) return 0;
  const scan_lock held(*this);
  std::size_t asked = 0;
  begin_scan();
  poll_mask found = 0;
  for (; found == 0 && asked < scanned_.size(); ++asked) {
    item& it = *scanned_[asked];
    if ((it.what->poll(nullptr) & it.event.events) != 0) {
      found = abi::epollin | abi::epollrdnorm;
      break;
    }
    it.linked = false;
  }
  end_scan(asked);
  return found;
}

// ep_loop_check_proc.
int eventpoll::depth_below(const eventpoll& added_to, int depth) const {
  int result = 0;
  for (const item& it : items_) {
    const eventpoll* const inner = it.what->as_eventpoll();
    if (inner == nullptr) continue;
    if (inner == &added_to || depth > max_nests) return max_nests + 1;
    result = std::max(result, inner->depth_below(added_to, depth + 1) + 1);
    if (result > max_nests) break;
  }
  return result;
}

// ep_get_upwards_depth_proc.
int eventpoll::depth_above(int depth) const {
  int result = 0;
  for (const file_watcher* who : watchers()) {
    result = std::max(result, static_cast<const eventpoll*>(who)->depth_above(depth + 1) + 1);
    if (result > max_nests) break;
  }
  return result;
}

// ep_loop_check.
bool eventpoll::would_loop(const eventpoll& inner) const {
  const int below = inner.depth_below(*this, 0);
  return below > max_nests || below + 1 + depth_above(0) > max_nests;
}

}  // namespace ringside::stack
