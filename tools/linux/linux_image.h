// SPDX-License-Identifier: Apache-2.0
// The guest's kernel and root folder: found in the cache, or built by the scripts of linux/.
#pragma once

#include <stdexcept>
#include <string>

#include "tools/cli/linux_request.h"

namespace ringside::platform {

/// Something to build with is missing; the script has said what.
inline constexpr int exit_no_linux = 6;

/// A script did not make what it was to make, and has said why; ends the command with this status.
class image_error : public std::runtime_error {
 public:
  explicit image_error(int with) : std::runtime_error("the guest's software was not made"), status(with) {}
  const int status;
};

struct linux_image {
  std::string kernel;
  std::string root;
};

/// Throws input_error, image_error.
linux_image find_linux_image(const linux_request& request);

}  // namespace ringside::platform
