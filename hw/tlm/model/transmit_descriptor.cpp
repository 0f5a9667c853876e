// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/transmit_descriptor.h"

namespace ringside::tlm::model {

transmit_descriptor::type transmit_descriptor::kind() const {
  constexpr unsigned extended = 5;
  if (!command(extended)) return type::legacy;
  switch (dword(2) >> 20 & 0xF) {
    case 0:
      return type::context;
    case 1:
      return type::data;
    default:
      return type::reserved;  // T-12
  }
}

std::uint32_t transmit_descriptor::length() const {
  if (address() == 0) return 0;
  switch (kind()) {
    case type::legacy:
      return dword(2) & 0xFFFF;
    case type::data:
      return dword(2) & 0xF'FFFF;
    default:
      return 0;
  }
}

transmit_context transmit_descriptor::context() const {
  return {.ip_start = dword(0) & 0xFF,
          .ip_place = dword(0) >> 8 & 0xFF,
          .ip_end = dword(0) >> 16,
          .l4_start = dword(1) & 0xFF,
          .l4_place = dword(1) >> 8 & 0xFF,
          .l4_end = dword(1) >> 16,
          .payload = dword(2) & 0xF'FFFF,
          .header = dword(3) >> 8 & 0xFF,
          .segment = dword(3) >> 16,
          .tcp = command(0),
          .ipv4 = command(1)};
}

}  // namespace ringside::tlm::model
