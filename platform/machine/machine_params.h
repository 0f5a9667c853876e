// SPDX-License-Identifier: Apache-2.0
// From a scenario's plain data to the parameters of each part of the machine.
#pragma once

#include "contract/config.h"
#include "hw/tlm/model/model_params.h"
#include "hw/tlm/nic/rtl_nic.h"
#include "hw/tlm/pci/pci_params.h"
#include "hw/tlm/scheduler/nic_scheduler.h"
#include "hw/tlm/wire/cable_params.h"
#include "hw/tlm/wire/wire.h"
#include "platform/cpu/processor.h"
#include "platform/machine/hardware.h"
#include "platform/scenario/scenario.h"
#include "sw/driver/config.h"

namespace ringside::platform {

tlm::pci_params pci_params_of(const scenario& s);
tlm::rtl_nic_params rtl_params_of(const start_class& c, unsigned machine, unsigned card);
tlm::model_params model_params_of(const start_class& c, unsigned machine, unsigned card);
/// run.seed, of which each machine makes another one.
std::uint64_t seed_of(const scenario& s);
/// What its cable is like; `side`: the machine that sends.
tlm::cable_params cable_params_of(const scenario& side);
/// M66EN: the bus runs above 33 MHz.
bool is_fast_bus(const scenario& s);
sim_time byte_time_of(std::uint32_t link_mbps);
tlm::wire_params wire_params_of(const scenario& s);
tlm::scheduler_params scheduler_params_of(const scenario& s);
processor_params processor_params_of(const scenario& s);
driver::config driver_config_of(const scenario& s);
kernel::kernel_config kernel_config_of(const scenario& s);
stack::app_config app_config_of(const scenario& s);
/// Of the one that sends beside it (app.also_sends).
stack::app_config sender_config_of(const scenario& s);
contract::config contract_config_of(const scenario& s);
/// CPU that takes the card's interrupt: the first of the affinity mask that exists.
unsigned irq_cpu_of(const scenario& s);
/// CPU of the tasks a user starts: the application, ethtool.
unsigned task_cpu_of(const scenario& s);

}  // namespace ringside::platform
