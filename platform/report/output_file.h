// A file that exists whole or not at all: written beside its name and renamed when it is complete.
//
// Used for every output of a run (JSON, capture, waves): an error or an interrupted write leaves nothing behind.  What
// is no regular file (a device, a pipe) cannot be replaced and is written to directly.
#pragma once

#include <string>

namespace ringside::platform {

class output_file {
 public:
  /// Creates PATH.tmp, or opens PATH itself when it is a device or pipe; throws input_error naming `key` when that
  /// cannot be.
  output_file(std::string path, const std::string& key);
  /// Removes PATH.tmp unless committed.
  ~output_file();
  output_file(output_file&& other) noexcept;
  output_file& operator=(output_file&&) = delete;

  /// Where to write: PATH.tmp, or PATH itself.
  const std::string& temporary() const { return temporary_; }
  const std::string& path() const { return path_; }
  /// Writes the whole content; throws std::runtime_error when the disk does not take it.
  void write(const std::string& content) const;
  /// Renames to PATH; throws std::runtime_error on failure.
  void commit();

 private:
  std::string path_;
  std::string temporary_;
  bool direct_ = false;
};

}  // namespace ringside::platform
