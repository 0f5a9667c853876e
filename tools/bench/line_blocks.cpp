// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/line_blocks.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <istream>

namespace ringside::platform {
namespace {

constexpr std::string_view dot = "__DOT__";

bool word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string_view without_comment(std::string_view line) {
  return line.substr(0, line.find("//"));
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  return begin == std::string_view::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// One past the word that begins at `at`.
std::size_t word_end(std::string_view text, std::size_t at) {
  while (at < text.size() && word(text[at])) ++at;
  return at;
}

}  // namespace

// A line that begins with "module [#(...)] u_instance (".
void add_instances(std::istream& source, instance_map& to) {
  std::string within;
  for (std::string text; std::getline(source, text);) {
    const std::string_view line = without_blanks(text);
    const std::string_view module = line.substr(0, word_end(line, 0));
    if (module == "module") {
      const std::string_view rest = without_blanks(line.substr(module.size()));
      within = rest.substr(0, word_end(rest, 0));
      continue;
    }
    std::size_t name = line.find("u_", module.size());
    while (name != std::string_view::npos && word(line[name - 1])) name = line.find("u_", name + 1);
    if (module.empty() || name == std::string_view::npos) continue;
    const std::string_view between = without_blanks(line.substr(module.size(), name - module.size()));
    if (!between.empty() && !(between.starts_with("#(") && between.ends_with(')'))) continue;
    const std::size_t end = word_end(line, name);
    if (without_blanks(line.substr(end)).starts_with('('))
      to[{within, std::string(line.substr(name, end - name))}] = module;
  }
}

instance_map instances_of(const std::string& files) {
  instance_map instances;
  for (std::size_t at = 0, end = 0; at < files.size(); at = end + 1) {
    end = std::min(files.find(':', at), files.size());
    std::ifstream source(files.substr(at, end - at));
    add_instances(source, instances);
  }
  return instances;
}

std::string line_blocks::block_of(std::string_view token) const {
  std::size_t at = token.find(dot);
  if (at == std::string_view::npos || !token.substr(0, at).ends_with(top_)) return "";
  std::string block = top_;
  for (;;) {
    const std::size_t begin = at + dot.size();
    at = token.find(dot, begin);
    const auto known =
        instances_.find({block, std::string(token.substr(begin, at == std::string_view::npos ? at : at - begin))});
    if (known == instances_.end()) return block;
    block = known->second;
    if (at == std::string_view::npos) return block;
  }
}

std::vector<std::string> line_blocks::of(std::istream& generated) const {
  std::vector<std::string> blocks{""};
  std::string statement;  // block of the statement under way
  bool fresh = true;      // it has named no signal yet
  for (std::string text; std::getline(generated, text);) {
    const std::string_view line = without_comment(text);
    if (line.starts_with("}")) statement.clear();  // a function ends
    std::string own;
    for (std::size_t i = 0, end = 0; i < line.size(); i = end) {
      end = i;
      while (end < line.size() && word(line[end])) ++end;
      if (end == i) {
        fresh = fresh || line[i] == ';' || line[i] == '{' || line[i] == '}';
        ++end;
        continue;
      }
      const std::string block = block_of(line.substr(i, end - i));
      if (block.empty()) continue;
      if (fresh) statement = block;
      fresh = false;
      if (own.empty() && block != top_) own = block;
    }
    blocks.push_back(own.empty() ? statement : own);
  }
  return blocks;
}

}  // namespace ringside::platform
