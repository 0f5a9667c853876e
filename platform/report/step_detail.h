// SPDX-License-Identifier: Apache-2.0
// What one step of a journey did, in a few words: its event's two numbers made readable.
#pragma once

#include <string>

#include "common/event.h"

namespace ringside::platform {

std::string step_detail(const event& e);

/// Names of the ICR bits set in `bits`, "RXT0 RXDMT0"; "0" for none.
std::string cause_names(std::uint64_t bits);

}  // namespace ringside::platform
