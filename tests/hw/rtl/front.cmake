# SPDX-License-Identifier: Apache-2.0
# Benches of the receive front.
find_package(ZLIB REQUIRED)

set(RX_PACKAGES e1000_pkg.sv e1000_rx_pkg.sv)
set(RX_FRONT_RTL ${RX_PACKAGES} e1000_crc32.sv e1000_rx_mac.sv e1000_rx_filter.sv e1000_rx_pack.sv e1000_rx_fifo.sv
    e1000_rx_verdict.sv e1000_stats.sv e1000_rx_packet_sum.sv e1000_rx_checksum.sv e1000_rx_front.sv)

ringside_rtl_bench(rx_front TOP e1000_rx_front
  TEST rx_front_test.cpp rx_front_timing_test.cpp rx_front_random_test.cpp front_bench.cpp front_model.cpp
  RTL ${RX_FRONT_RTL}
  SVA e1000_rx_front_sva.sv e1000_rx_mac_sva.sv e1000_rx_filter_sva.sv e1000_rx_pack_sva.sv
      e1000_rx_checksum_sva.sv e1000_rx_fifo_sva.sv e1000_stats_sva.sv LINKS ZLIB::ZLIB ROUNDS)

ringside_rtl_bench(rx_packet_sum TOP e1000_rx_packet_sum TEST rx_packet_sum_test.cpp RTL e1000_rx_packet_sum.sv
  LINKS ZLIB::ZLIB)
ringside_rtl_bench(rx_checksum TOP e1000_rx_checksum TEST rx_checksum_test.cpp RTL ${RX_PACKAGES} e1000_rx_checksum.sv
  SVA e1000_rx_checksum_sva.sv LINKS ZLIB::ZLIB)
ringside_rtl_bench(rx_fifo TOP e1000_rx_fifo TEST rx_fifo_test.cpp RTL e1000_pkg.sv e1000_rx_fifo.sv
  SVA e1000_rx_fifo_sva.sv)
ringside_rtl_bench(rx_filter TOP e1000_rx_filter TEST rx_filter_test.cpp RTL ${RX_PACKAGES} e1000_rx_filter.sv
  SVA e1000_rx_filter_sva.sv LINKS ZLIB::ZLIB)
ringside_rtl_bench(rx_mac TOP e1000_rx_mac TEST rx_mac_test.cpp RTL e1000_crc32.sv e1000_rx_mac.sv
  SVA e1000_rx_mac_sva.sv LINKS ZLIB::ZLIB)
# Saturation is reached by setting the counters, so they are public here.
ringside_rtl_bench(stats TOP e1000_stats TEST stats_test.cpp RTL ${RX_PACKAGES} e1000_stats.sv SVA e1000_stats_sva.sv
  ARGS --public-flat-rw)
ringside_rtl_bench(rx_pack TOP e1000_rx_pack TEST rx_pack_test.cpp RTL e1000_rx_pack.sv
  SVA e1000_rx_pack_sva.sv LINKS ZLIB::ZLIB)
