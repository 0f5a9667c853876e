// SPDX-License-Identifier: Apache-2.0
// The captures system tests send: the project's own, which are always there, and more where the build was told of some.
#pragma once

#include <filesystem>
#include <vector>

namespace ringside::test {

/// By name; throws std::runtime_error when the project's own are not there.
std::vector<std::filesystem::path> capture_files();

}  // namespace ringside::test
