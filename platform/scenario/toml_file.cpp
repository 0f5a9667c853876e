// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/toml_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <tuple>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <toml.hpp>
#pragma GCC diagnostic pop

#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

constexpr std::size_t largest_file = std::size_t{1} << 20;

/// Where a value stands: line and column from 1, in bytes.
struct place_in_text {
  std::size_t line = 0, column = 0, length = 0;
};

// toml11 4 (Debian 13) has another interface than toml11 3 (Debian 12).
#if defined(TOML11_VERSION_MAJOR) && TOML11_VERSION_MAJOR >= 4
place_in_text place_of(const toml::source_location& at) {
  return {at.first_line_number(), at.first_column_number(), at.length()};
}
const std::string& string_of(const toml::value& v) {
  return v.as_string();
}
std::size_t line_of(const toml::syntax_error& error) {
  if (error.errors().empty() || error.errors().front().locations().empty()) return 0;
  return place_of(error.errors().front().locations().front().first).line;
}
#else
place_in_text place_of(const toml::source_location& at) {
  return {at.line(), at.column(), at.region()};
}
const std::string& string_of(const toml::value& v) {
  return v.as_string().str;
}
std::size_t line_of(const toml::syntax_error& error) {
  return error.location().line();
}
#endif

/// Turns a parsed document into entries.  Numbers are cut out of the text they came from; toml11's double is not exact.
class collector {
 public:
  collector(std::string_view text, const std::string& origin) : text_(text), origin_(origin) {}

  void collect(const toml::value& v, const std::string& path) {
    if (v.is_table()) {
      const std::string prefix = path.empty() ? "" : path + ".";
      for (const auto& [key, inner] : v.as_table()) collect(inner, prefix + key);
      return;
    }
    entries_.push_back({path, text_of(v, path), line_of(v)});
  }

  std::vector<toml_entry> entries() && { return std::move(entries_); }

 private:
  static std::uint_least32_t line_of(const toml::value& v) {
    return static_cast<std::uint_least32_t>(place_of(v.location()).line);
  }

  std::string text_of(const toml::value& v, const std::string& path) const {
    if (v.is_string()) {
      const std::string& text = string_of(v);
      if (text.find('\n') != std::string::npos)
        throw input_error(fmt_error(origin_, line_of(v), path, "a text over several lines", "one line"));
      return text;
    }
    if (v.is_array()) {
      std::string out;
      for (const toml::value& item : v.as_array()) {
        if (item.is_array() || item.is_table())
          throw input_error(
              fmt_error(origin_, line_of(v), path, "an array of arrays or tables", "an array of plain values"));
        out += (out.empty() ? "" : ",") + text_of(item, path);
      }
      return out;
    }
    const place_in_text at = place_of(v.location());
    std::size_t line_begin = 0;
    for (std::size_t line = 1; line < at.line; ++line) line_begin = text_.find('\n', line_begin) + 1;
    return std::string(text_.substr(line_begin + at.column - 1, at.length));
  }

  std::string_view text_;
  const std::string& origin_;
  std::vector<toml_entry> entries_;
};

/// toml11's messages are drawings over many lines; the first one holds the reason.
std::string first_line(std::string_view message) {
  message = message.substr(0, message.find('\n'));
  if (const auto tag = message.find("] "); message.starts_with("[error") && tag != std::string_view::npos)
    message.remove_prefix(tag + 2);
  return std::string(message);
}

}  // namespace

std::vector<toml_entry> read_toml(const std::string& file) {
  std::error_code none;
  if (std::filesystem::is_directory(file, none))
    throw input_error(file + ": cannot be read: is a folder; allowed: a TOML file");
  std::ifstream content(file, std::ios::binary);
  if (!content) throw input_error(file + ": cannot be read: " + std::strerror(errno) + "; allowed: a TOML file");
  // A device need not have an end.
  std::string text(largest_file + 1, '\0');
  content.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (content.bad()) throw input_error(file + ": cannot be read: " + std::strerror(errno) + "; allowed: a TOML file");
  text.resize(static_cast<std::size_t>(content.gcount()));
  if (text.size() > largest_file) throw input_error(file + ": has more than 1 MiB; allowed: a TOML file of a scenario");
  return read_toml_text(text, file);
}

std::vector<toml_entry> read_toml_text(const std::string& text, const std::string& origin) {
  std::vector<toml_entry> out;
  try {
    std::istringstream content(text);
    collector entries(text, origin);
    entries.collect(toml::parse(content, origin), {});
    out = std::move(entries).entries();
  } catch (const toml::syntax_error& error) {
    throw input_error(origin + ":" + std::to_string(line_of(error)) + ": not valid TOML: " + first_line(error.what()));
  } catch (const toml::exception& error) {
    throw input_error(origin + ": not valid TOML: " + first_line(error.what()));
  }
  // toml11 keeps tables in hash order: the file's order is the user's.
  std::sort(out.begin(), out.end(), [](const toml_entry& x, const toml_entry& y) {
    return std::tie(x.line, x.path) < std::tie(y.line, y.path);
  });
  return out;
}

}  // namespace ringside::platform
