# Benches of the receive front.
find_package(ZLIB REQUIRED)

set(RX_PACKAGES e1000_pkg.sv e1000_rx_pkg.sv)
set(RX_FRONT_RTL ${RX_PACKAGES} e1000_crc32.sv e1000_rx_mac.sv e1000_rx_filter.sv e1000_rx_pack.sv e1000_rx_fifo.sv
    e1000_rx_verdict.sv e1000_stats.sv e1000_rx_packet_sum.sv e1000_rx_checksum.sv e1000_rx_front.sv)

ringside_rtl_bench(rx_front TOP e1000_rx_front
  TEST rx_front_test.cpp rx_front_random_test.cpp front_bench.cpp front_model.cpp
  RTL ${RX_FRONT_RTL} LINKS ZLIB::ZLIB)
