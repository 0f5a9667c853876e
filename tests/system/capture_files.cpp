// SPDX-License-Identifier: Apache-2.0
#include "tests/system/capture_files.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ringside::test {
namespace {

void add_folder(const std::string& folder, std::vector<std::filesystem::path>& to) {
  const std::size_t before = to.size();
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto kind = entry.path().extension();
    if (kind == ".pcap" || kind == ".pcapng" || kind == ".gz") to.push_back(entry.path());
  }
  if (to.size() == before) throw std::runtime_error(folder + ": no captures");
  std::sort(to.begin() + static_cast<std::ptrdiff_t>(before), to.end());
}

}  // namespace

std::vector<std::filesystem::path> capture_files() {
  std::vector<std::filesystem::path> out;
  add_folder(RINGSIDE_CAPTURES, out);
  if (const std::string more = RINGSIDE_MORE_CAPTURES; !more.empty()) add_folder(more, out);
  return out;
}

}  // namespace ringside::test
