// SPDX-License-Identifier: Apache-2.0
// The bytes of a capture, however the user names it: a file, a pipe, standard input, compressed with gzip or not.
//
// What cannot be read twice (pipe, gzip) is read once, to its end, into a temporary file, since a capture is checked as
// a whole before the run.  Made by make_source.h, once for a run; each reader of it has a position of its own.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

namespace ringside::platform {

class capture_file : public std::enable_shared_from_this<capture_file> {
 public:
  /// Bytes that readers see in place of the file's, by position.
  using edits = std::map<std::int64_t, std::array<std::uint8_t, 4>>;
  struct closer {
    void operator()(std::FILE* stream) const;
  };
  using stream = std::unique_ptr<std::FILE, closer>;

  /// Opens `name`; "-" is standard input.  Throws input_error naming `key` ("wire.pcap" or "--pcap").
  static std::shared_ptr<const capture_file> open(const std::string& name, const std::string& key = "wire.pcap");
  ~capture_file();
  capture_file(const capture_file&) = delete;
  capture_file& operator=(const capture_file&) = delete;

  /// A reader from the first byte on; it keeps the file.
  stream read(std::shared_ptr<const edits> changes = nullptr) const;

  const std::string& name() const { return name_; }
  const std::string& key() const { return key_; }

  /// Throws input_error: what is wrong with this capture, and what is allowed.
  [[noreturn]] void refuse(const std::string& why) const;
  [[noreturn]] void refuse(const std::string& why, const std::string& allowed) const;

 private:
  capture_file(std::string name, std::string key);
  void open_descriptor();
  void look_inside();
  void unpack();

  std::string name_;
  std::string key_;
  int descriptor_ = -1;
};

}  // namespace ringside::platform
