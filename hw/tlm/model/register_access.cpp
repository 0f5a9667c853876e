// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/register_access.h"

#include "hw/tlm/model/packet_buffer.h"

namespace ringside::tlm::model {
namespace {
constexpr std::uint8_t whole_dword = 0xF;
constexpr std::uint32_t io_address = 0, io_data = 4;  // P-2
}  // namespace

void register_access::write(const target_access& access) {
  if (access.space == pci_space::config) {
    core_.emit(stage::reg_write, 0, config_event_base + access.offset, access.data);
    const bool left_d3 = core_.config.write(access.offset, access.data, access.byte_enables);
    if (left_d3) around_.left_d3();
    irq_.config_changed();
    around_.wake();
    return;
  }
  if (access.byte_enables != whole_dword) return;  // P-2, P-6: registers take dwords only
  if (access.space == pci_space::memory)
    write_register(access.offset, access.data);
  else if (access.offset == io_address)
    io_address_ = access.data;
  else if (access.offset == io_data)
    write_register(io_address_, access.data);
}

std::uint32_t register_access::read(const target_access& access) {
  if (access.space == pci_space::config) {
    const std::uint32_t value = core_.config.read(access.offset);
    core_.emit(stage::reg_read, 0, config_event_base + access.offset, value);
    return value;
  }
  if (access.space == pci_space::memory) return read_register(access.offset);
  if (access.offset == io_address) return io_address_;
  return access.offset == io_data ? read_register(io_address_) : 0;
}

void register_access::write_register(std::uint32_t offset, std::uint32_t value) {
  core_.emit(stage::reg_write, 0, offset, value);
  switch (offset) {
    case reg::CTRL:
    case reg::CTRL_DUP:
      return on_write_ctrl(value);
    case reg::STATUS:
      return;
    case reg::EECD:
      return on_write_eecd(value);
    case reg::EERD:
      return on_write_eerd(value);
    case reg::MDIC:
      return on_write_mdic(value);
    case reg::CTRL_EXT:
      core_.regs.write(offset, value);
      if ((value & ctrl_ext::EE_RST) != 0) {
        core_.regs.load_address(address_of(eeprom_.words(core_.now)));
        load_eeprom();
      }
      return;
    case reg::ICR:
      return irq_.write_icr(value);
    case reg::ICS:
      return irq_.set_cause(value);
    case reg::IMS:
      return irq_.write_ims(value);
    case reg::IMC:
      return irq_.write_imc(value);
    case reg::WUS:
      core_.regs.set(offset, core_.regs.get(offset) & ~value);
      return;
    case reg::RDBAL:
    case reg::RDBAH:
    case reg::RDLEN:
    case reg::RDH:
      return on_write_ring(offset, value);
    case reg::RDT:
      core_.regs.write(offset, value);
      return on_write_rdt();
    case reg::RDTR:
      core_.regs.write(offset, value);
      if ((value & rdtr::FPD) != 0) around_.force_timer();
      return;
    case reg::TDBAL:
    case reg::TDBAH:
    case reg::TDLEN:
    case reg::TDH:
      core_.regs.write(offset, value);
      return around_.transmit_ring_written(offset == reg::TDH);
    case reg::TDT:
      core_.regs.write(offset, value);
      return around_.transmit_tail_written();
    case reg::TCTL:
      return on_write_tctl(value);
    case reg::FCRTH:
    case reg::FCRTL:
      core_.regs.write(offset, value);
      return around_.flow_thresholds_written();
    case reg::RCTL:
    case reg::RXDCTL:
    case reg::TXDCTL:
      core_.regs.write(offset, value);
      return around_.wake();
    default:
      core_.regs.write(offset, value);
  }
}

std::uint32_t register_access::read_register(std::uint32_t offset) {
  const std::uint32_t value = value_of(offset);
  core_.emit(stage::reg_read, 0, offset, value);
  return value;
}

std::uint32_t register_access::value_of(std::uint32_t offset) {
  if (statistics::covers(offset)) return core_.stats.read(offset);
  switch (offset) {
    case reg::CTRL:
    case reg::CTRL_DUP:
      return core_.regs.get(reg::CTRL) | (around_.resetting() ? ctrl::RST : 0);
    case reg::STATUS:
      return around_.status();
    case reg::EECD:
      return eecd_value();
    case reg::EERD:
      return core_.regs.get(offset) & ~eerd::START;  // clears itself
    case reg::ICR:
      return irq_.read_icr();
    case reg::ICS:
      return irq_.icr();  // V-8
    case reg::IMS:
      return irq_.ims();
    case reg::IMC:
      return 0;
    case reg::PBA:
      return pba_value();
    default:
      return core_.regs.get(offset);
  }
}

void register_access::on_write_ctrl(std::uint32_t value) {
  // the end of the pulse counts, by CTRL.RST too, which clears the bit.
  const bool pulse = ((core_.regs.get(reg::CTRL) | value) & ctrl::PHY_RST) != 0;
  const bool ends = (value & ctrl::PHY_RST) == 0 || (value & ctrl::RST) != 0;
  if (pulse && ends) phy_.reset();
  core_.regs.write(reg::CTRL, value);
  if ((value & ctrl::RST) != 0) {
    around_.reset();
    return;
  }
  around_.control_written();
}

// a doorbell while enabled, part of the set-up otherwise.
void register_access::on_write_rdt() {
  if (core_.regs.has(reg::RCTL, rctl::EN))
    around_.wake();
  else
    around_.tail_written();
}

void register_access::on_write_ring(std::uint32_t offset, std::uint32_t value) {
  core_.regs.write(offset, value);
  around_.ring_written(offset == reg::RDH);
}

void register_access::on_write_tctl(std::uint32_t value) {
  core_.regs.write(reg::TCTL, value);
  if ((value & tctl::SWXOFF) != 0) around_.send_pause(static_cast<std::uint16_t>(core_.regs.get(reg::FCTTV)));  // F-7
  around_.wake();
}

void register_access::on_write_eecd(std::uint32_t value) {
  core_.regs.write(reg::EECD, value);
  drive_eeprom();
  read_eeprom();
}

// E-7: without the grant the part sees CS = 0.
void register_access::drive_eeprom() {
  const std::uint32_t pins = granted() ? core_.regs.get(reg::EECD) : 0;
  eeprom_.drive((pins & eecd::CS) != 0, (pins & eecd::SK) != 0, (pins & eecd::DI) != 0, core_.now);
}

void register_access::on_write_eerd(std::uint32_t value) {
  core_.regs.set(reg::EERD, value & (eerd::ADDR | eerd::START));
  read_eeprom();
}

// E-5, E-8: held while software or the auto-load has the pins.
void register_access::read_eeprom() {
  if (!core_.regs.has(reg::EERD, eerd::START) || core_.regs.has(reg::EECD, eecd::REQ) || loading()) return;
  const std::uint32_t address = core_.regs.get(reg::EERD) & eerd::ADDR;
  const std::uint32_t word = eeprom_.word(address >> eerd::ADDR_SHIFT, core_.now);
  core_.regs.set(reg::EERD, address | eerd::DONE | word << eerd::DATA_SHIFT);
}

// E-8: what it loads is in its registers already.
void register_access::load_eeprom() {
  loading_until_ = core_.now + core_.params.load_clocks * card_clock;
  drive_eeprom();
  core_.at(loading_until_, [this] {
    drive_eeprom();
    read_eeprom();
  });
}

void register_access::reset() {
  io_address_ = 0;
  load_eeprom();
}

// M-1 to M-4: complete at once.  The internal PHY is number 1; another one does not answer.
void register_access::on_write_mdic(std::uint32_t value) {
  constexpr std::uint32_t internal_phy = 1, op_write = 1, op_read = 2;
  core_.regs.write(reg::MDIC, value);
  std::uint32_t shown = core_.regs.get(reg::MDIC) | mdic::READY;
  const std::uint32_t number = (value & mdic::REGADD) >> mdic::REGADD_SHIFT;
  const std::uint32_t operation = (value & mdic::OP) >> mdic::OP_SHIFT;
  if ((value & mdic::PHYADD) >> mdic::PHYADD_SHIFT != internal_phy) {
    shown |= mdic::ERROR;
  } else if (operation == op_read) {
    shown = (shown & ~mdic::DATA) | phy_.read(number);
  } else if (operation == op_write) {
    phy_.write(number, static_cast<std::uint16_t>(value & mdic::DATA));
    around_.control_written();
  }
  core_.regs.set(reg::MDIC, shown);
  if ((value & mdic::I) != 0) irq_.set_cause(icr::MDAC);
}

std::uint32_t register_access::pba_value() const {
  const std::uint32_t rxa = core_.regs.get(reg::PBA) & pba::RXA;
  const std::uint32_t txa = rxa < packet_buffer::kilobytes ? packet_buffer::kilobytes - rxa : 0;
  return rxa | txa << pba::TXA_SHIFT;
}

// FS 4.1: the part is present, its DO shows whatever it drives.
std::uint32_t register_access::eecd_value() {
  const std::uint32_t held = core_.regs.get(reg::EECD) & ~(eecd::GNT | eecd::DO);
  return held | (eeprom_.out(core_.now) ? eecd::DO : 0) | eecd::PRES | (granted() ? eecd::GNT : 0);
}

}  // namespace ringside::tlm::model
