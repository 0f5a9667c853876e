/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Put in front of drivers/net/ethernet/intel/e1000/e1000_main.c by the compiler (-include); the driver's own file stays
 * as it is.
 *
 * User-Mode-Linux has no port I/O, and this driver resets the MAC of an 82540EM through IOADDR and IODATA alone
 * (e1000_io_write, e1000_hw.c: e1000_reset_hw).  A port becomes an address behind BAR 0: whoever carries the access
 * makes a PCI I/O cycle of everything from 0x20000 on (hw/tlm/linux_host/pci_cycles.h has the same number).
 */
#ifndef RINGSIDE_E1000_PORT_IO_SHIM_H
#define RINGSIDE_E1000_PORT_IO_SHIM_H

#include <linux/io.h>

#undef outl
#define outl(value, port) writel(value, hw->hw_addr + 0x20000 + (port))

#endif
