// SPDX-License-Identifier: Apache-2.0
// An output of a command: a file that exists whole or not at all, or standard output.
//
// Used for every output of `ringside run` and `ringside regress` (JSON, JUnit, capture, waves).  A file is written
// under a name of its own in the same folder and renamed when it is complete: an error or an interrupted write leaves
// nothing behind.  What is no regular file (a device, a pipe) cannot be replaced and is written to directly.
#pragma once

#include <iosfwd>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ringside::platform {

/// An output that was begun could not be written: one line, exit status 1.
class output_error : public std::runtime_error {
 public:
  /// `why` is an errno, 0 when unknown.
  output_error(const std::string& name, int why);
  output_error(const std::string& name, const std::string& why);
  /// Nobody reads the pipe any more: no failure to complain about.
  bool reader_is_gone() const;

 private:
  int why_ = 0;
};

/// Writes all of `text` and sees to it that it has arrived; throws output_error naming `name`.
void put(std::ostream& to, std::string_view text, const std::string& name = "standard output");

class output_file {
 public:
  /// Creates a file beside PATH, or takes PATH itself when it is a device or pipe, links followed; throws input_error
  /// naming `key` when that cannot be.  Standard output by any of its names is `standard`; where that is null, this
  /// kind of output cannot go there.
  output_file(std::string path, const std::string& key, std::ostream* standard = nullptr);
  /// Removes what is not committed.
  ~output_file();
  output_file(output_file&& other) noexcept;
  output_file& operator=(output_file&&) = delete;

  std::ostream* standard() const { return standard_; }
  /// A device or a pipe: written to as it is.
  bool direct() const { return direct_; }
  /// Where to write: a file beside PATH, or PATH itself.
  const std::string& temporary() const { return temporary_; }
  /// As the user typed it.
  const std::string& path() const { return path_; }
  /// Writes the whole content, on standard output at commit(); throws output_error when the disk does not take it.
  void write(const std::string& content);
  /// Puts it in place; throws output_error on failure.
  void commit();

 private:
  void create_temporary(const std::string& key);

  std::string path_;
  std::string target_;  // links followed
  std::string temporary_;
  std::string content_;  // for standard output
  std::ostream* standard_ = nullptr;
  bool direct_ = false;
};

}  // namespace ringside::platform
