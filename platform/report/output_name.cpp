// SPDX-License-Identifier: Apache-2.0
#include "platform/report/output_name.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

namespace fs = std::filesystem;

constexpr int most_links = 40;  // as Linux follows (MAXSYMLINKS)

/// The next name on the way that links lead, or nothing.
std::optional<fs::path> next_link(const fs::path& name) {
  std::error_code failed;
  const fs::path to = fs::read_symlink(name, failed);
  if (failed) return std::nullopt;
  return name.parent_path() / to;  // of an absolute target, itself
}

bool descriptor_name(const fs::path& name) {
  const std::string folder = name.parent_path().string();
  return folder == "/dev/fd" || folder == "/proc/self/fd" || folder == fmt::format("/proc/{}/fd", getpid());
}

bool standard_output_name(const fs::path& name) {
  return name == "/dev/stdout" || (descriptor_name(name) && name.filename() == "1");
}

template <typename Matches>
bool leads_to(const std::string& name, const Matches& matches) {
  std::optional<fs::path> at = fs::path(name);
  for (int links = 0; at && links < most_links; ++links, at = next_link(*at))
    if (matches(at->lexically_normal())) return true;
  return false;
}

struct identity {
  std::string key;
  std::string name;
  std::string path;  // canonical
  std::optional<std::pair<dev_t, ino_t>> node;
  bool standard_output = false;
  bool keeps_nothing = false;

  bool operator==(const identity& other) const {
    if (standard_output && other.standard_output) return true;
    if (keeps_nothing || other.keeps_nothing) return false;
    return (node && node == other.node) || (!path.empty() && path == other.path);
  }
};

void set_node(identity& out, const struct stat& what) {
  out.node = {what.st_dev, what.st_ino};
  // /dev/null (Linux Documentation/admin-guide/devices.txt) may be given more than once.
  out.keeps_nothing = S_ISCHR(what.st_mode) && what.st_rdev == makedev(1, 3);
}

identity of_descriptor(const std::string& key, const std::string& name, int descriptor) {
  identity out{.key = key, .name = name, .path = {}, .node = {}};
  out.standard_output = descriptor == STDOUT_FILENO;
  // A terminal or a socket may well be input and output at once.
  if (struct stat what{}; fstat(descriptor, &what) == 0 && (S_ISREG(what.st_mode) || S_ISFIFO(what.st_mode)))
    set_node(out, what);
  return out;
}

identity of_file(const named_file& file) {
  identity out{.key = file.key, .name = file.name, .path = {}, .node = {}};
  if (struct stat what{}; stat(file.name.c_str(), &what) == 0) set_node(out, what);
  std::error_code failed;
  out.path = fs::weakly_canonical(fs::absolute(follow_links(file.name)), failed).string();
  return out;
}

/// What standard output goes to, when that is a file: the report is written there, whatever else is.
std::optional<identity> report_file() {
  struct stat what {};
  if (fstat(STDOUT_FILENO, &what) != 0 || !S_ISREG(what.st_mode)) return std::nullopt;
  identity out = of_descriptor("standard output", "", STDOUT_FILENO);
  out.standard_output = false;  // is no output asked for
  return out;
}

}  // namespace

bool is_standard_output(const std::string& name) {
  return name == "-" || leads_to(name, standard_output_name);
}

bool is_descriptor(const std::string& name) {
  return leads_to(name, descriptor_name);
}

std::string follow_links(const std::string& name) {
  fs::path at(name);
  int links = 0;
  while (const auto next = next_link(at)) {
    at = *next;
    if (++links == most_links) break;
  }
  return at.string();
}

void refuse_same_file(std::span<const named_file> inputs, std::span<const named_file> outputs) {
  std::vector<identity> taken;
  for (const named_file& file : inputs)
    taken.push_back(file.name == "-" ? of_descriptor(file.key, file.name, STDIN_FILENO) : of_file(file));
  const std::optional<identity> report = report_file();
  for (const named_file& file : outputs) {
    const bool standard = is_standard_output(file.name);
    const identity own = standard ? of_descriptor(file.key, file.name, STDOUT_FILENO) : of_file(file);
    auto other = std::find(taken.begin(), taken.end(), own);
    if (other == taken.end() && !standard && report && own == *report) other = taken.insert(other, *report);
    if (other != taken.end())
      throw input_error(fmt_error(file.name, 0, file.key, "is the file of " + other->key, "a file of its own"));
    taken.push_back(own);
  }
}

}  // namespace ringside::platform
