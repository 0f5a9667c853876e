// SPDX-License-Identifier: Apache-2.0
// Runs a function in a forked child and brings its text back: several SystemC elaborations fit one test that way.
//
// SystemC elaborates once per process, so a test that compares runs forks before it elaborates anything itself.
#pragma once

#include <functional>
#include <string>

namespace ringside::test {

/// What `body` returned.  Throws std::runtime_error with the child's complaint when it threw, crashed or was killed.
std::string run_forked(const std::function<std::string()>& body);

}  // namespace ringside::test
