// SPDX-License-Identifier: Apache-2.0
// Runs two machines on a cable, in a forked child, and judges what every such run must satisfy.
//
// Judged in every run: both ledgers, the cable's conservation, both contracts, what is left over after close, that each
// byte the far wire brings was sent or is said to be changed, and that every datagram was delivered or has a reason.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ringside::test {

/// The bundled scenario ping_pong with `settings` over it.  JSON as --json prints it, without wall, and with
/// "datagrams" {sent, delivered, twice, lost: {reason: n}}, "crossings": the ps each frame took, by sender, and
/// "complaints".
nlohmann::json run_two_machines(const std::vector<std::string>& settings);
std::string complaints_of(const nlohmann::json& run);

}  // namespace ringside::test
