// SPDX-License-Identifier: Apache-2.0
// May the card write memory at all now?  N-10, X-7, P-3, R-18: asked before every payload burst and write-back.
#pragma once

#include "contract/checker_state.h"

namespace ringside::contract {

/// Trips N-10, P-3 or R-18 when not; false = the event is not to be judged further.
bool may_write(checker_state& w, const event& e);

}  // namespace ringside::contract
