// SPDX-License-Identifier: Apache-2.0
// Runs a bundled lesson in a forked child and brings back what its page talks about.
//
// Owned by the lesson tests.  The figures are those of `ringside run --json`, and what the events say beyond them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ringside::test {

using settings = std::vector<std::string>;  // "key.path=value"

struct lesson_result {
  /// By path in the JSON results, such as interrupts.asserted or cpu.0.hardirq (shares as printed); and
  /// chip.<counter>, seen.<what the runner counted>.
  std::map<std::string, double> figures;
  std::string complaints;  // ledger, contract and leaks; "" in a sound run

  /// Throws when the run has no such figure: a typing error must not read as 0.
  double operator[](const std::string& path) const { return figures.at(path); }
};

lesson_result run_lesson(const std::string& scenario, const settings& changes = {});

}  // namespace ringside::test
