// SPDX-License-Identifier: Apache-2.0
// What an application should read of frames that were sent: RFC 768, 791 and 815, not our stack's code.
//
// Used by run_machine.h for every datagram the application reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ringside::test {

using sent_frames = std::vector<std::vector<std::uint8_t>>;  // DA .. last byte, no FCS

/// Payload of the UDP datagram that frame `index` carries, or completes as a fragment: behind tags and options. Nothing
/// when there is none.
std::optional<std::vector<std::uint8_t>> sent_payload(const sent_frames& frames, std::size_t index);

}  // namespace ringside::test
