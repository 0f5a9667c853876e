// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/seed_range.h"

#include <charconv>

namespace ringside::platform {
namespace {

constexpr std::uint64_t most_seeds = 1'000'000;
constexpr std::uint64_t largest_seed = (std::uint64_t{1} << 63) - 1;  // what run.seed takes

}  // namespace

std::optional<std::uint64_t> plain_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > largest_seed) return std::nullopt;
  return number;
}

std::optional<seed_range> parse_seed_range(std::string_view text) {
  const auto dots = text.find("..");
  const auto first =
      dots == std::string_view::npos ? std::optional<std::uint64_t>{1} : plain_number(text.substr(0, dots));
  const auto last = plain_number(dots == std::string_view::npos ? text : text.substr(dots + 2));
  if (!first || !last || *first == 0 || *last < *first || *last - *first >= most_seeds) return std::nullopt;
  return seed_range{*first, *last};
}

}  // namespace ringside::platform
