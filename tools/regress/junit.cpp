// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/junit.h"

#include <fmt/format.h>

#include <algorithm>

namespace ringside::platform {
namespace {

std::string seconds(std::uint64_t us) {
  return fmt::format("{}.{:06}", us / 1'000'000, us % 1'000'000);
}

}  // namespace

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      case '\n':
      case '\t':
      case '\r':
        out += c;
        break;
      default:
        // XML 1.0 section 2.2 has no control characters.
        out += static_cast<unsigned char>(c) < 0x20 ? std::string("\xEF\xBF\xBD") : std::string(1, c);
    }
  }
  return out;
}

std::string to_junit(const std::vector<seed_result>& results, const std::string& nic) {
  const auto failures = std::count_if(results.begin(), results.end(), [](const seed_result& r) { return !r.passed(); });
  std::uint64_t wall = 0;
  for (const seed_result& r : results) wall += r.wall_us;
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out +=
      fmt::format("<testsuites>\n<testsuite name=\"ringside regress {}\" tests=\"{}\" failures=\"{}\" time=\"{}\">\n",
                  xml_escaped(nic), results.size(), failures, seconds(wall));
  for (const seed_result& r : results) {
    out += fmt::format("<testcase classname=\"regress.{}\" name=\"seed {}\" time=\"{}\"", xml_escaped(nic), r.seed,
                       seconds(r.wall_us));
    if (r.passed()) {
      out += "/>\n";
      continue;
    }
    out += fmt::format(">\n<failure message=\"{}\">", xml_escaped(r.first_failure()));
    for (const std::string& text : r.breaches) out += xml_escaped("contract: " + text) + "\n";
    for (const std::string& text : r.complaints) out += xml_escaped(text) + "\n";
    out += "</failure>\n</testcase>\n";
  }
  return out + "</testsuite>\n</testsuites>\n";
}

}  // namespace ringside::platform
