// SPDX-License-Identifier: Apache-2.0
// How to look at a waveform: the GTKWave command with the set-up that groups signals by stage.
#pragma once

#include <filesystem>
#include <string>

namespace ringside::platform {

/// As a word of a POSIX shell (Shell Command Language 2.2.2).
std::string shell_quoted(const std::string& word);

/// "gtkwave FILE waves/journey.gtkw": the set-up installed with a program that lies in `folder`, else that of the tree
/// it was built in, relative to the current folder where that is shorter.  Without either, "gtkwave FILE".
std::string viewer_command(const std::string& file, const std::filesystem::path& folder,
                           const std::string& opened_with = "journey.gtkw");

/// The same for the program that runs; of two machines with the set-up of two.
std::string offered_viewer(const std::string& file, unsigned machines);

}  // namespace ringside::platform
