// SPDX-License-Identifier: Apache-2.0
// The rules of the contract between an 82540EM and its driver: id, duty, sentence, source.
//
// One table lists them all; the checker's parts judge them and the breach report quotes them.  P-, X-, L-, R-, F-, T-,
// N-, I- and D- ids are those of the chip's fact sheet; S- ids are the driver's duties, which the fact sheet and the
// kernel's DMA API imply without numbering them.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace ringside::contract {

/// Which side a rule binds.
enum class party : std::uint8_t { hardware, driver };

enum class rule : std::uint8_t {
  P_3,
  P_4,
  P_6,
  X_1,
  X_4,
  X_5,
  X_6,
  X_10,
  L_1,
  L_6,
  L_7,
  R_4,
  R_5,
  R_6,
  R_10,
  R_11,
  R_12,
  R_13,
  R_14,
  R_16,
  R_18,
  R_20,
  R_21,
  R_22,
  R_23,
  R_24,
  R_26,
  R_27,
  R_30,
  R_31,
  R_32,
  R_33,
  R_40,
  R_43,
  R_50,
  R_51,
  R_52,
  R_53,
  R_54,
  R_55,
  R_56,
  R_57,
  R_82,
  R_83,
  R_84,
  F_2,
  T_10,
  T_40,
  T_41,
  T_42,
  T_43,
  T_44,
  T_60,
  T_61,
  T_62,
  T_70,
  T_71,
  T_72,
  T_75,
  T_76,
  T_80,
  T_90,
  T_91,
  N_1,
  N_2,
  N_3,
  N_4,
  N_5,
  N_6,
  N_7,
  N_8,
  N_9,
  N_10,
  N_11,
  N_12,
  N_13,
  N_15,
  I_1,
  I_2,
  I_5,
  I_6,
  I_7,
  I_9,
  I_20,
  I_32,
  I_40,
  I_41,
  I_54,
  D_4,
  D_5,
  D_6,
  S_1,
  S_2,
  S_3,
  S_4,
  S_5,
  S_6,
  S_7,
  S_8,
  S_9,
  S_10,
  S_11,
  S_12,
  S_13,
  S_14,
  S_15,
  S_16,
  S_17,
  S_18,
  S_19,
  S_20,
  S_21,
  count
};

inline constexpr std::size_t rule_count = static_cast<std::size_t>(rule::count);
using rule_set = std::bitset<rule_count>;

struct rule_info {
  rule which;
  std::string_view id;  // "R-21"
  party duty;
  std::string_view sentence;  // the rule in one sentence
  std::string_view source;    // fact sheet section or kernel document
};

/// The registry, in the order of the enumeration.
std::span<const rule_info> all_rules();
const rule_info& info(rule which);
/// The rule of that id ("R-21").
std::optional<rule> rule_by_id(std::string_view id);

}  // namespace ringside::contract
