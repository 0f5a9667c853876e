// SPDX-License-Identifier: Apache-2.0
// Options of level SOL_SOCKET (sk_setsockopt, sk_getsockopt).
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "sw/kernel/jiffies.h"
#include "sw/stack/sock.h"

namespace ringside::stack {

namespace {

constexpr int most = std::numeric_limits<int>::max();
constexpr std::int64_t hz = second / kernel::jiffy;

// What is handed out, cut to the room there is.
template <class type>
long give(const type& what, std::span<std::byte>& room) {
  room = room.first(std::min(room.size(), sizeof what));
  std::memcpy(room.data(), &what, room.size());
  return 0;
}

// Unsigned, as Linux compares it with the limit: a negative size is a large one.
std::int64_t at_most(int value, std::size_t limit) {
  return std::min<std::int64_t>(static_cast<std::uint32_t>(value), static_cast<std::int64_t>(limit));
}

}  // namespace

// Twice what was asked for, since headers and what buffers waste count (OP-1).
void sock::set_buffer(std::size_t& buffer, std::int64_t value, std::size_t least) {
  value = std::min<std::int64_t>(static_cast<std::int32_t>(value), most / 2);
  buffer = static_cast<std::size_t>(std::max<std::int64_t>(value * 2, static_cast<std::int64_t>(least)));
}

// sock_set_timeout.
long sock::set_timeout(std::uint64_t& jiffies, std::span<const std::byte> value) {
  abi::timeval tv;
  if (value.size() < sizeof tv) return -EINVAL;
  std::memcpy(&tv, value.data(), sizeof tv);
  if (tv.usec < 0 || tv.usec >= 1'000'000) return -EDOM;
  if (tv.sec < 0) {
    jiffies = 0;
    return 0;
  }
  jiffies = no_limit;
  if ((tv.sec != 0 || tv.usec != 0) && tv.sec < std::numeric_limits<std::int64_t>::max() / hz - 1)
    jiffies = static_cast<std::uint64_t>(tv.sec * hz) + kernel::to_jiffies(tv.usec * us);
  return 0;
}

long sock::setsockopt(int name, std::span<const std::byte> value, const credentials& who) {
  int number = 0;
  if (value.size() < sizeof number) return -EINVAL;
  std::memcpy(&number, value.data(), sizeof number);
  long result = 0;
  lock_sock();
  switch (name) {
    case abi::so_reuseaddr:
      sk_reuse = number != 0;
      break;
    case abi::so_dontroute:
      sk_local_route = number != 0;
      break;
    case abi::so_broadcast:
      sk_broadcast = number != 0;
      break;
    case abi::so_no_check:
      sk_no_check_tx = number != 0;
      break;
    case abi::so_sndbuf:
      set_buffer(sk_sndbuf, at_most(number, limits.wmem_max), min_sndbuf);
      write_space(*this, 0);
      break;
    case abi::so_sndbufforce:
      if (!who.net_admin) {
        result = -EPERM;
        break;
      }
      set_buffer(sk_sndbuf, std::max(number, 0), min_sndbuf);
      write_space(*this, 0);
      break;
    case abi::so_rcvbuf:
      set_buffer(sk_rcvbuf, at_most(number, limits.rmem_max), min_rcvbuf);
      break;
    case abi::so_rcvbufforce:
      if (!who.net_admin) {
        result = -EPERM;
        break;
      }
      set_buffer(sk_rcvbuf, std::max(number, 0), min_rcvbuf);
      break;
    case abi::so_priority:
      if ((number >= 0 && number <= 6) || who.net_raw || who.net_admin)
        sk_priority = static_cast<std::uint32_t>(number);
      else
        result = -EPERM;
      break;
    case abi::so_mark:
      if (who.net_raw || who.net_admin)
        sk_mark = static_cast<std::uint32_t>(number);
      else
        result = -EPERM;
      break;
    case abi::so_timestamp:
      if (sk_stamp != (number != 0)) stamps_wanted(number != 0);
      sk_stamp = number != 0;
      break;
    case abi::so_rcvlowat:
      sk_rcvlowat = number < 0 ? most : std::max(number, 1);
      break;
    case abi::so_rcvtimeo:
      result = set_timeout(sk_rcvtimeo, value);
      break;
    case abi::so_sndtimeo:
      result = set_timeout(sk_sndtimeo, value);
      break;
    default:  // among them those that can only be read
      result = -ENOPROTOOPT;
  }
  release_sock();
  return result;
}

long sock::getsockopt(int name, std::span<std::byte>& value) {
  const auto timeout = [&value](std::uint64_t jiffies) {
    if (jiffies == no_limit) return give(abi::timeval{}, value);
    const auto whole = static_cast<std::int64_t>(jiffies);
    return give(abi::timeval{whole / hz, whole % hz * (1'000'000 / hz)}, value);
  };
  const auto number = [&value](auto what) { return give(static_cast<int>(what), value); };
  switch (name) {
    case abi::so_reuseaddr:
      return number(sk_reuse);
    case abi::so_dontroute:
      return number(sk_local_route);
    case abi::so_broadcast:
      return number(sk_broadcast);
    case abi::so_no_check:
      return number(sk_no_check_tx);
    case abi::so_sndbuf:
      return number(sk_sndbuf);
    case abi::so_rcvbuf:
      return number(sk_rcvbuf);
    case abi::so_priority:
      return number(sk_priority);
    case abi::so_mark:
      return number(sk_mark);
    case abi::so_timestamp:
      return number(sk_stamp);
    case abi::so_rcvlowat:
      return number(sk_rcvlowat);
    case abi::so_sndlowat:
      return number(1);
    case abi::so_rcvtimeo:
      return timeout(sk_rcvtimeo);
    case abi::so_sndtimeo:
      return timeout(sk_sndtimeo);
    case abi::so_error: {  // the pending error, or the one that was only noted
      machine.sync_software();
      const long pending = -take_error();
      return number(pending != 0 ? pending : std::exchange(sk_err_soft, 0));
    }
    case abi::so_type:
      return number(sk_kind.type);
    case abi::so_protocol:
      return number(sk_kind.protocol);
    case abi::so_domain:
      return number(abi::af_inet);
    case abi::so_acceptconn:
      return number(0);
    case abi::so_meminfo: {  // SK_MEMINFO_*
      const auto cell = [](std::uint64_t what) { return static_cast<std::uint32_t>(what); };
      const std::array<std::uint32_t, 9> accounts{cell(sk_rmem_alloc),   cell(sk_rcvbuf),        cell(sk_wmem_alloc),
                                                  cell(sk_sndbuf),       cell(sk_forward_alloc), 0 /* write queue */,
                                                  0 /* option memory */, cell(sk_backlog_bytes), cell(sk_drops)};
      return give(accounts, value);
    }
    default:
      return -ENOPROTOOPT;
  }
}

}  // namespace ringside::stack
