// SPDX-License-Identifier: Apache-2.0
#include "tools/oracle/compare.h"

#include "hw/regs/e1000_regs.h"
#include "tools/oracle/judge.h"

namespace ringside::oracle {
namespace {

// I-40: a round begins with all descriptors but one given, so edge and level (V-13) come to the same: RXDMT0 where no
// more than the threshold are left.  QEMU may have used more than ours, or fewer null ones.
bool must_be_low(const oracle_case& c, const round_result& r) {
  std::size_t used = 0;
  for (const frame_chain& chain : r.received) used += chain.size();
  const std::size_t threshold = c.buffers.size() >> (((c.rctl & rctl::RDMTS) >> rctl::RDMTS_SHIFT) + 1);
  return c.buffers.size() - 1 - used <= threshold;
}

// ICR: what both raise must agree.
void compare_causes(judge& j, const oracle_case& c, const round_result& ours, const round_result& qemu) {
  constexpr std::uint32_t ours_alone = icr::TXD_LOW | icr::SRPD;
  if ((ours.causes & ours_alone) != 0) j.forgive("V-69");
  for (const round_result* r : {&ours, &qemu})
    if (((r->causes & icr::RXDMT0) != 0) != must_be_low(c, *r))
      j.differ("ICR {:05x} of {}: RXDMT0", r->causes, r == &ours ? "our card" : "qemu");
  if ((ours.causes & ~(ours_alone | icr::RXDMT0)) != (qemu.causes & ~icr::RXDMT0))
    j.differ("ICR {:05x} of ours, {:05x} of qemu's", ours.causes, qemu.causes);
}

bool both_ended(judge& j, const round_result& ours, const round_result& qemu) {
  const auto one = [&j](const char* name, const round_result& r) {
    if (!r.receive_ended) j.differ("{} did not take the last frame", name);
    if (r.receive_ended && !r.transmit_ended) j.differ("{} did not send the last frame", name);
    return r.receive_ended && r.transmit_ended;
  };
  const bool here = one("our card", ours), there = one("qemu", qemu);
  return here && there;
}

class own_comparison {
 public:
  std::vector<std::string> compare(const case_result& model, const case_result& rtl) {
    values("from reset", model.at_reset, rtl.at_reset);
    if (model.rounds.size() != rtl.rounds.size())
      say("model came to round {}, rtl to {}", model.rounds.size(), rtl.rounds.size());
    for (std::size_t i = 0; i < model.rounds.size() && i < rtl.rounds.size(); ++i)
      round(i, model.rounds[i], rtl.rounds[i]);
    values("read back", model.settings, rtl.settings);
    values("counter", model.counters, rtl.counters);
    values("counter read again", model.counters_again, rtl.counters_again);
    if (model.steps.size() != rtl.steps.size()) say("{} and {} of the accesses", model.steps.size(), rtl.steps.size());
    if (model.steps != rtl.steps)
      for (std::size_t i = 0; i < model.steps.size() && i < rtl.steps.size(); ++i)
        if (model.steps[i] != rtl.steps[i])
          say("read {} of the accesses: {:08x} of the model, {:08x} of the rtl", i, model.steps[i], rtl.steps[i]);
    return std::move(found_);
  }

 private:
  template <typename... Args>
  void say(fmt::format_string<Args...> text, Args&&... args) {
    found_.push_back("model and rtl: " + fmt::format(text, std::forward<Args>(args)...));
  }
  void values(std::string_view what, const std::vector<register_value>& model, const std::vector<register_value>& rtl) {
    if (model.size() != rtl.size()) say("{}: {} and {} registers", what, model.size(), rtl.size());
    for (std::size_t i = 0; i < model.size() && i < rtl.size(); ++i)
      if (model[i].value != rtl[i].value)
        say("{}, {}: {:08x} of the model, {:08x} of the rtl", what, register_name(model[i].offset), model[i].value,
            rtl[i].value);
  }
  static bool same(const done_descriptor& a, const done_descriptor& b) {
    return a.index == b.index && a.address == b.address && a.length == b.length && a.checksum == b.checksum &&
           a.status == b.status && a.errors == b.errors && a.special == b.special && a.window == b.window;
  }
  void round(std::size_t n, const round_result& model, const round_result& rtl) {
    if (model.received.size() != rtl.received.size())
      say("round {}: {} and {} frames received", n, model.received.size(), rtl.received.size());
    for (std::size_t i = 0; i < model.received.size() && i < rtl.received.size(); ++i) {
      const frame_chain &a = model.received[i], &b = rtl.received[i];
      const bool equal = a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), same);
      if (!equal) say("round {}: frame {} received, at descriptor {}, differs", n, i, a.front().index);
    }
    if (model.sent.size() != rtl.sent.size())
      say("round {}: {} and {} frames sent", n, model.sent.size(), rtl.sent.size());
    for (std::size_t i = 0; i < model.sent.size() && i < rtl.sent.size(); ++i)
      if (model.sent[i] != rtl.sent[i]) say("round {}: frame {} sent differs", n, i);
    for (std::size_t i = 0; i < model.descriptors.size() && i < rtl.descriptors.size(); ++i)
      if (model.descriptors[i] != rtl.descriptors[i]) say("round {}: transmit descriptor {} differs", n, i);
    if (model.causes != rtl.causes) say("round {}: ICR {:05x} and {:05x}", n, model.causes, rtl.causes);
    if (model.receive_head != rtl.receive_head || model.transmit_head != rtl.transmit_head)
      say("round {}: RDH or TDH differs", n);
    if (model.receive_ended != rtl.receive_ended || model.transmit_ended != rtl.transmit_ended)
      say("round {}: one did not come to its end", n);
  }

  std::vector<std::string> found_;
};

}  // namespace

verdict compare_with_qemu(const oracle_case& c, const case_result& ours, const case_result& qemu,
                          const qemu_traits& traits) {
  judge j;
  bool whole = ours.rounds.size() == c.rounds.size() && qemu.rounds.size() == c.rounds.size();
  for (std::size_t i = 0; i < ours.rounds.size() && i < qemu.rounds.size(); ++i) {
    j.at(fmt::format("round {}: ", i));
    whole = both_ended(j, ours.rounds[i], qemu.rounds[i]) && whole;
    compare_received(j, c, traits, i, ours.rounds[i], qemu.rounds[i]);
    compare_sent(j, c, i, ours.rounds[i], qemu.rounds[i]);
    compare_causes(j, c, ours.rounds[i], qemu.rounds[i]);
  }
  j.at("statistics: ");
  if (whole) compare_counters(j, ours, qemu);
  compare_registers(j, c, ours, qemu);
  return {j.differences(), j.forgiven()};
}

std::vector<std::string> compare_own(const case_result& model, const case_result& rtl) {
  return own_comparison().compare(model, rtl);
}

}  // namespace ringside::oracle
