/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Put in front of arch/um/drivers/virt-pci.c by the compiler (-include); the kernel's own file stays as it is.
 *
 * That driver of Linux 6.1 was written for cards with MSI and memory BARs.  A card with INTA# and an I/O BAR needs
 * three things more, and each stands here as a wrapper around what the driver calls.
 */
#ifndef RINGSIDE_VIRT_PCI_SHIM_H
#define RINGSIDE_VIRT_PCI_SHIM_H

#include <linux/delay.h>
#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/pci.h>

/* 1. A window for I/O BARs on the root bus: without one the BAR is dropped, and with it the MAC reset of e1000. */
static struct resource ringside_ports = {
	.name = "PCI ports",
	.start = 0x1000,
	.end = 0xffff,
	.flags = IORESOURCE_IO,
};

static inline int ringside_pci_host_probe(struct pci_host_bridge *bridge)
{
	if (!request_resource(&ioport_resource, &ringside_ports))
		pci_add_resource(&bridge->windows, &ringside_ports);
	return pci_host_probe(bridge);
}
#define pci_host_probe ringside_pci_host_probe

/* 2. A chip for the interrupt of INTA#: request_irq() fails with -ENOSYS on a descriptor without one. */
static inline int ringside_irq_alloc_desc(int node)
{
	int irq = irq_alloc_descs(-1, 0, 1, node);

	if (irq >= 0)
		irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	return irq;
}
#undef irq_alloc_desc
#define irq_alloc_desc ringside_irq_alloc_desc

/*
 * 3. The answer to a read is in the ring before the kick is acknowledged, so there is nothing to wait for.  A udelay()
 * here would let an interrupt handler in, whose own read would use the buffer of the one under way.
 */
#undef udelay
#define udelay(usecs) barrier()

#endif
