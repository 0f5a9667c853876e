// SPDX-License-Identifier: Apache-2.0
#include "platform/machine/ethtool_requests.h"

#include <utility>

#include "sw/kernel/cost.h"
#include "sw/stack/net_device_ops.h"

namespace ringside::platform {
namespace {

template <typename call>
void as_system_call(kernel::host& host, const call& what) {
  host.consume(kernel::cost::syscall_entry);
  what();
  host.consume(kernel::cost::syscall_exit);
}

}  // namespace

ethtool_results carry_out(const ethtool_config& wanted, stack::net_stack& net, stack::net_device& dev) {
  kernel::host& host = net.machine();
  stack::net_device_ops& ops = *dev.ops;
  ethtool_results out;
  if (wanted.registers) as_system_call(host, [&] { out.registers = ops.get_regs(); });
  if (wanted.eeprom)
    as_system_call(host, [&] {
      out.eeprom.resize(ops.get_eeprom_len());
      out.eeprom_error = ops.get_eeprom(0, out.eeprom);
    });
  if (wanted.test == self_test_kind::none) return out;
  as_system_call(host, [&] {
    const bool offline = wanted.test == self_test_kind::offline;
    stack::self_test_result result = ops.self_test(offline);
    out.self_test = self_test_record{offline, result.failed, std::move(result.tests)};
  });
  return out;
}

}  // namespace ringside::platform
