// SPDX-License-Identifier: Apache-2.0
// The keys of the cable between two machines.
#include <array>

#include "platform/scenario/key_rules.h"
#include "platform/scenario/key_table.h"

namespace ringside::platform {
namespace {

using namespace key_rules;

const auto cable_table = std::to_array<key_row>({
    {"cable.length_m", "2", whole(0, 100'000, "m"), "length of the cable between two machines: 5 ns a metre",
     "two thirds of the speed of light", [](scenario& s, const value& v) { s.cable.length_m = u32(v); }},
    {"cable.phy_ns", "328", whole(0, 1'000'000, "ns"), "both PHYs on the way from one GMII to the other",
     "IEEE 802.3 40.11.1: at most 84 and 244 bit times", [](scenario& s, const value& v) { s.cable.phy_ns = u32(v); }},
    {"cable.loss_per_million", "0", whole(0, 1'000'000, "per million"), "frames a machine sends that do not arrive",
     "this project", [](scenario& s, const value& v) { s.cable.faults.loss_per_million = u32(v); }},
    {"cable.duplicate_per_million", "0", whole(0, 1'000'000, "per million"), "... that arrive twice", "this project",
     [](scenario& s, const value& v) { s.cable.faults.duplicate_per_million = u32(v); }},
    {"cable.corrupt_per_million", "0", whole(0, 1'000'000, "per million"), "... in which a bit is changed",
     "this project", [](scenario& s, const value& v) { s.cable.faults.corrupt_per_million = u32(v); }},
    {"cable.reorder_per_million", "0", whole(0, 1'000'000, "per million"),
     "... that are held back for cable.reorder_by, and overtaken by those sent meanwhile", "this project",
     [](scenario& s, const value& v) { s.cable.faults.reorder_per_million = u32(v); }},
    {"cable.delay_per_million", "0", whole(0, 1'000'000, "per million"),
     "... that come up to cable.delay_most later, and those behind them not before", "this project",
     [](scenario& s, const value& v) { s.cable.faults.delay_per_million = u32(v); }},
    {"cable.reorder_by", "20us", time_up_to(10 * second), "how long an overtaken frame is held back", "this project",
     [](scenario& s, const value& v) { s.cable.faults.reorder_by = v.number; }},
    {"cable.delay_most", "10us", time_up_to(10 * second), "how much later a delayed frame comes at most",
     "this project", [](scenario& s, const value& v) { s.cable.faults.delay_most = v.number; }},
    {"cable.faults",
     "",
     {.kind = kind::faults},
     "faults of single frames a machine sends, by their number on the wire",
     "this project",
     [](scenario& s, const value& v) { s.cable.faults.singles = *parse_cable_faults(v.text); }},
    {"cable.flaps",
     "",
     {.kind = kind::flaps},
     "when the cable is not plugged in: both machines lose the link",
     "this project",
     [](scenario& s, const value& v) { s.cable.flaps = *parse_cable_flaps(v.text); }},
});

}  // namespace

std::span<const key_row> cable_rows() {
  return cable_table;
}

}  // namespace ringside::platform
