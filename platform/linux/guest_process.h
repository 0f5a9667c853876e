// SPDX-License-Identifier: Apache-2.0
// The guest's processes and the folder they use, which end with us: when asked, and when this process is killed.
//
// A keeper process stands between: it starts the kernel, sees both ends of the run and takes everything away, the
// folder too.  It knows that we have ended when its socket closes, which no signal can prevent.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/file_descriptor.h"

namespace ringside::platform {

/// A folder of its own for one guest: sockets, what is to be run, what has come of it.
class guest_folder {
 public:
  /// Below $TMPDIR, or /tmp.  Throws std::runtime_error.
  guest_folder();
  /// Removes it, where no keeper has.
  ~guest_folder();
  guest_folder(const guest_folder&) = delete;
  guest_folder& operator=(const guest_folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class guest_process {
 public:
  struct command {
    std::string kernel;
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;  // all of it
  };

  /// Starts it, and is from now on who removes `folder`.  Throws std::runtime_error.
  guest_process(const command& what, const std::string& folder);
  /// Ends it if it runs, and waits until nothing is left.
  ~guest_process();
  guest_process(const guest_process&) = delete;
  guest_process& operator=(const guest_process&) = delete;

  /// Readable when the kernel's process has ended.
  int life() const { return life_.get(); }
  /// Waits for its end, not for ever: the status of wait(2), nothing when it cannot be learnt.
  std::optional<int> wait_for_end();
  pid_t pid() const { return pid_; }
  /// What the kernel has said so far.
  std::string log() const;

 private:
  file_descriptor log_;
  file_descriptor life_;
  pid_t keeper_ = -1;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace ringside::platform
