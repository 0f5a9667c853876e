// SPDX-License-Identifier: Apache-2.0
#include "tools/oracle/seed_comparison.h"

#include <fmt/format.h>

#include <optional>

#include "tools/oracle/compare.h"
#include "tools/oracle/own_card.h"

namespace ringside::oracle {
namespace {

void count(seed_outcome& o, const oracle_case& c, const case_result& qemu) {
  for (const oracle_round& round : c.rounds) o.offered += round.received.size();
  for (const round_result& round : qemu.rounds) {
    o.received += round.received.size();
    o.sent += round.sent.size();
  }
}

}  // namespace

seed_outcome seed_comparison::run(std::uint64_t seed) {
  seed_outcome o;
  o.seed = seed;
  const oracle_case c = draw_case(seed, request_.frames);
  case_result reference;
  try {
    if (!qemu_) qemu_ = std::make_unique<qemu_card>(request_.qemu);
    qemu_->reset();
    reference = run_case(*qemu_, c);
  } catch (const qemu_error& error) {
    qemu_.reset();  // the next seed has a new one
    o.differences.emplace_back(error.what());
    return o;
  }
  o.accesses["qemu"] = reference.accesses;
  count(o, c, reference);
  std::optional<case_result> of_model, of_rtl;
  const auto compare = [&](tlm::card_kind kind) {
    own_card card(kind);
    case_result result = run_case(card, c);
    if (request_.spoil) request_.spoil(result);
    const verdict v = compare_with_qemu(c, result, reference, qemu_->traits());
    for (const std::string& text : v.differences) o.differences.push_back(fmt::format("{}: {}", card.name(), text));
    for (const auto& [id, uses] : v.forgiven) o.forgiven[id] += uses;
    o.accesses[std::string(card.name())] = result.accesses;
    return result;
  };
  if (request_.model) of_model = compare(tlm::card_kind::model);
  if (request_.rtl) of_rtl = compare(tlm::card_kind::rtl);
  if (of_model && of_rtl)
    for (std::string& text : compare_own(*of_model, *of_rtl)) o.differences.push_back(std::move(text));
  return o;
}

}  // namespace ringside::oracle
