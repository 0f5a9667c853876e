// SPDX-License-Identifier: Apache-2.0
// These tests' card is the behavioural model.
#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test {
const card_kind card_under_test = card_kind::model;
}
