// How to look at a waveform: the GTKWave command with the set-up that groups signals by stage.
#pragma once

#include <string>

namespace ringside::platform {

/// "gtkwave FILE waves/journey.gtkw", the set-up relative to the current folder.
std::string viewer_command(const std::string& file);

}  // namespace ringside::platform
