#include "platform/scenario/toml_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
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

std::uint_least32_t line_of(const toml::value& v) {
  return static_cast<std::uint_least32_t>(v.location().line());
}

/// The value's text.  toml11 keeps the region it was parsed from; its double would not be exact.
std::string text_of(const toml::value& v, const std::string& file, const std::string& path) {
  if (v.is_string()) {
    const std::string& text = v.as_string().str;
    if (text.find('\n') != std::string::npos)
      throw input_error(fmt_error(file, line_of(v), path, "a text over several lines", "one line"));
    return text;
  }
  if (v.is_array()) {
    std::string out;
    for (const toml::value& item : v.as_array()) {
      if (item.is_array() || item.is_table())
        throw input_error(
            fmt_error(file, line_of(v), path, "an array of arrays or tables", "an array of plain values"));
      out += (out.empty() ? "" : ",") + text_of(item, file, path);
    }
    return out;
  }
  return toml::detail::get_region(v)->str();
}

void collect(const toml::value& v, const std::string& path, const std::string& file, std::vector<toml_entry>& out) {
  if (v.is_table()) {
    const std::string prefix = path.empty() ? "" : path + ".";
    for (const auto& [key, inner] : v.as_table()) collect(inner, prefix + key, file, out);
    return;
  }
  out.push_back({path, text_of(v, file, path), line_of(v)});
}

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
  std::vector<toml_entry> out;
  try {
    collect(toml::parse(content, file), {}, file, out);
  } catch (const toml::syntax_error& error) {
    throw input_error(file + ":" + std::to_string(error.location().line()) +
                      ": not valid TOML: " + first_line(error.what()));
  } catch (const toml::exception& error) {
    throw input_error(file + ": not valid TOML: " + first_line(error.what()));
  }
  // toml11 keeps tables in hash order: the file's order is the user's.
  std::sort(out.begin(), out.end(), [](const toml_entry& x, const toml_entry& y) {
    return std::tie(x.line, x.path) < std::tie(y.line, y.path);
  });
  return out;
}

}  // namespace ringside::platform
