#include "platform/report/output_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "platform/scenario/loader.h"

namespace ringside::platform {

output_file::output_file(std::string path, const std::string& key)
    : path_(std::move(path)), temporary_(path_ + ".tmp") {
  std::error_code none;
  const auto kind = std::filesystem::status(path_, none).type();
  if (path_.empty() || kind == std::filesystem::file_type::directory)
    throw input_error(
        fmt_error(path_.empty() ? "(empty)" : path_, 0, key, "is no file name", "a file that can be written"));
  direct_ = kind != std::filesystem::file_type::not_found && kind != std::filesystem::file_type::regular;
  if (direct_) {
    temporary_ = path_;
    return;
  }
  std::FILE* file = std::fopen(temporary_.c_str(), "wb");
  if (file == nullptr)
    throw input_error(fmt_error(path_, 0, key, fmt::format("cannot be written: {}", std::strerror(errno)),
                                "a file in an existing folder"));
  std::fclose(file);
}

output_file::output_file(output_file&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})), direct_(other.direct_) {}

output_file::~output_file() {
  if (!temporary_.empty() && !direct_) std::remove(temporary_.c_str());
}

void output_file::write(const std::string& content) const {
  std::ofstream out(temporary_, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  if (!out) throw std::runtime_error(fmt::format("{}: write failed: {}", path_, std::strerror(errno)));
}

void output_file::commit() {
  if (!direct_ && std::rename(temporary_.c_str(), path_.c_str()) != 0)
    throw std::runtime_error(fmt::format("{}: cannot be put in place: {}", path_, std::strerror(errno)));
  temporary_.clear();
}

}  // namespace ringside::platform
