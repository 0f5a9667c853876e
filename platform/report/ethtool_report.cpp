// SPDX-License-Identifier: Apache-2.0
#include "platform/report/ethtool_report.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <system_error>

#include "hw/regs/e1000_regs.h"

namespace ringside::platform {
namespace {

constexpr std::size_t bytes_a_line = 16;

// FS 10.8: e1000_get_regs of Linux 6.1, 12 registers of the MAC, then words about the PHY.
constexpr auto mac_registers = std::to_array<std::pair<std::uint32_t, std::string_view>>({
    {reg::CTRL, "CTRL (Device control register)"},
    {reg::STATUS, "STATUS (Device status register)"},
    {reg::RCTL, "RCTL (Receive control register)"},
    {reg::RDLEN, "RDLEN (Receive desc length)"},
    {reg::RDH, "RDH (Receive desc head)"},
    {reg::RDT, "RDT (Receive desc tail)"},
    {reg::RDTR, "RDTR (Receive delay timer)"},
    {reg::TCTL, "TCTL (Transmit ctrl register)"},
    {reg::TDLEN, "TDLEN (Transmit desc length)"},
    {reg::TDH, "TDH (Transmit desc head)"},
    {reg::TDT, "TDT (Transmit desc tail)"},
    {reg::TIDV, "TIDV (Transmit delay timer)"},
});
constexpr std::size_t phy_status_at = 13, phy_control_at = 17, manageability_at = 26;

std::string print_self_test(const self_test_record& t) {
  std::string text =
      fmt::format("The test result is {}\nThe test extra info:\n", t.failed ? "FAIL" : "PASS");  // ethtool -t
  for (const auto& [name, value] : t.tests) text += fmt::format("{}\t {}\n", name, value);
  return text;
}

std::string print_registers(const std::vector<std::uint32_t>& words) {
  std::string text = "MAC Registers\n-------------\n";
  for (std::size_t i = 0; i < mac_registers.size(); ++i)
    text += fmt::format("0x{:05X}: {:<34} 0x{:08X}\n", mac_registers[i].first, mac_registers[i].second, words.at(i));
  text += fmt::format("PHY type:                                  {}\n",
                      words.at(mac_registers.size()) == 0 ? "M88" : "IGP");
  text += fmt::format("M88 PHY STATUS REGISTER:                   0x{:08X}\n", words.at(phy_status_at));
  text += fmt::format("M88 PHY CONTROL REGISTER:                  0x{:08X}\n", words.at(phy_control_at));
  text += fmt::format("0x{:05X}: {:<34} 0x{:08X}\n", std::uint32_t{reg::MANC}, "MANC", words.at(manageability_at));
  return text;
}

std::string print_eeprom(const ethtool_results& r) {
  if (r.eeprom_error != 0) return "Cannot get EEPROM data: " + std::generic_category().message(-r.eeprom_error) + "\n";
  std::string text = "Offset\t\tValues\n------\t\t------";
  for (std::size_t i = 0; i < r.eeprom.size(); ++i) {
    if (i % bytes_a_line == 0) text += fmt::format("\n0x{:04x}:\t\t", i);
    text += fmt::format("{:02x} ", r.eeprom[i]);
  }
  return text + "\n";
}

}  // namespace

std::string print_ethtool(const ethtool_results& r) {
  std::string text;
  const auto add = [&text](std::string_view command, const std::string& body) {
    text += fmt::format("{}$ {}\n{}", text.empty() ? "" : "\n", command, body);
  };
  if (!r.registers.empty()) add("ethtool -d eth0", print_registers(r.registers));
  if (!r.eeprom.empty() || r.eeprom_error != 0) add("ethtool -e eth0", print_eeprom(r));
  if (r.self_test)
    add(r.self_test->offline ? "ethtool -t eth0 offline" : "ethtool -t eth0 online", print_self_test(*r.self_test));
  return text;
}

}  // namespace ringside::platform
