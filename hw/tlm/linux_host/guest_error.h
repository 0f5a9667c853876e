// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a guest, each with one line that says so.
#pragma once

#include <stdexcept>

namespace ringside::tlm {

/// The guest or its link broke the protocol, hangs, or sleeps for ever: the run cannot go on.
class guest_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The other end of a socket is closed: the guest's process has ended, or is ending.
class guest_gone : public guest_error {
 public:
  guest_gone() : guest_error("the guest's process has ended") {}
};

/// Somebody asked for an end: not the guest's fault.
class guest_stopped : public guest_error {
 public:
  guest_stopped() : guest_error("the run was stopped") {}
};

}  // namespace ringside::tlm
