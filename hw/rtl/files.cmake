# SPDX-License-Identifier: Apache-2.0
# The RTL in the order Verilator and yosys read it: packages, receive front, receive back, top.
set(RINGSIDE_RTL_TOP e1000_top)
# Memories of the modules: table of the CRC (constant), FIFO, MTA, VFTA, RAL, RAH, statistics, storage; descriptor cache (2)
# and contents to write back; of the transmit side staging, queue (3), header, FIFO, statistics and packet numbers.  The chip
# has the descriptor cache and the table of the CRC twice.
set(RINGSIDE_RTL_MODULE_MEMORIES 19)
set(RINGSIDE_RTL_MEMORIES 22)
set(RINGSIDE_RTL_FRONT_NAMES
    e1000_crc32 e1000_rx_mac e1000_rx_filter e1000_rx_pack e1000_rx_fifo e1000_rx_verdict e1000_stats
    e1000_rx_packet_sum e1000_rx_checksum e1000_rx_front)
set(RINGSIDE_RTL_BACK_NAMES
    e1000_io_window e1000_target e1000_pci_cfg e1000_reset e1000_regs e1000_phy e1000_storage e1000_link
    e1000_csr e1000_rx_ring e1000_desc_cache
    e1000_rx_dma e1000_writeback e1000_cause_slots e1000_mst_arb e1000_rx_back e1000_rx_timers e1000_irq)
set(RINGSIDE_RTL_TX_NAMES
    e1000_tx_ring e1000_tx_read e1000_tx_sum e1000_tx_header e1000_tx_build e1000_tx_writeback e1000_tx_back e1000_tx_fifo e1000_tx_mac e1000_tx_flow
    e1000_tx_stats e1000_tx_front e1000_transmit e1000_tx_timers e1000_tx_pause e1000_eeprom e1000_causes)

# Module names to paths, in order.
function(ringside_rtl_paths out)
  set(paths)
  foreach(name IN LISTS ARGN)
    list(APPEND paths ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${name}.sv)
  endforeach()
  set(${out} ${paths} PARENT_SCOPE)
endfunction()

ringside_rtl_paths(RINGSIDE_RTL_PACKAGES e1000_pkg e1000_rx_pkg e1000_tx_pkg)
list(PREPEND RINGSIDE_RTL_PACKAGES ${RINGSIDE_REGS_SV})
ringside_rtl_paths(RINGSIDE_RTL_FRONT ${RINGSIDE_RTL_FRONT_NAMES})
ringside_rtl_paths(RINGSIDE_RTL_BACK ${RINGSIDE_RTL_BACK_NAMES} ${RINGSIDE_RTL_TX_NAMES} e1000_top)
set(RINGSIDE_RTL_SOURCES ${RINGSIDE_RTL_PACKAGES} ${RINGSIDE_RTL_FRONT} ${RINGSIDE_RTL_BACK})
set(RINGSIDE_RTL_LINT ${CMAKE_CURRENT_LIST_DIR}/lint.vlt)

# Assertions bound from outside; benches and tests add them, releases do not.
ringside_rtl_paths(RINGSIDE_RTL_SVA
                   sva/e1000_rx_mac_sva sva/e1000_rx_filter_sva sva/e1000_rx_pack_sva
                   sva/e1000_rx_checksum_sva sva/e1000_rx_fifo_sva sva/e1000_stats_sva sva/e1000_rx_front_sva
                   sva/e1000_target_sva sva/e1000_desc_cache_sva sva/e1000_rx_dma_sva sva/e1000_writeback_sva
                   sva/e1000_cause_slots_sva sva/e1000_mst_arb_sva sva/e1000_irq_sva
                   sva/e1000_tx_ring_sva sva/e1000_tx_read_sva sva/e1000_tx_build_sva sva/e1000_tx_fifo_sva
                   sva/e1000_tx_mac_sva sva/e1000_tx_flow_sva sva/e1000_tx_pause_sva sva/e1000_tx_writeback_sva)
list(PREPEND RINGSIDE_RTL_SVA ${CMAKE_CURRENT_LIST_DIR}/sva/e1000_assert.svh)
