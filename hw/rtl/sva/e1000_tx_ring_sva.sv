// SPDX-License-Identifier: Apache-2.0
// Rules of the transmit ring: T-40, T-43, T-47, T-62, T-63.
module e1000_tx_ring_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic        halt_i,
  input logic        tx_en_i,
  input logic        complete_i,
  input logic        moved_i,
  input logic [15:0] moved_index_i,
  input logic        wr_tdbal,
  input logic        wr_tdbah,
  input logic        wr_tdlen,
  input logic        wr_tdh,
  input logic        wr_tdt,
  input logic [15:0] size,
  input logic [15:0] tdh_q,
  input logic [15:0] tdt_q,
  input logic        usable_o,
  input logic        flush_o,
  input logic        rehead_o,
  input logic        restart_o,
  input logic        txqe_o,
  input logic        low_o
);
  `E1000_PAST_OK(rst_ni && !soft_rst_i)
  logic rewritten;
  assign rewritten = wr_tdbal || wr_tdbah || wr_tdlen || wr_tdh || halt_i;

  `E1000_ASSERT(OnlyASoundRingIsUsed, usable_o |-> tdh_q < size && tdt_q < size)
  `E1000_ASSERT(HeadGoesWhereItIsSent,
    !$stable(tdh_q) |-> $past(wr_tdh) || ($past(moved_i) && tdh_q == $past(moved_index_i)))
  `E1000_ASSERT(HeadStaysInTheRing, moved_i && usable_o |-> moved_index_i < size)
  `E1000_ASSERT(TailIsSoftwares, !$stable(tdt_q) |-> $past(wr_tdt))
  // T-47
  `E1000_ASSERT(ForgetsOnlyWhenRewritten, flush_o == $past(rewritten))
  `E1000_ASSERT(FetchesAgainOnlyWhenToldTo, restart_o == $past(rewritten || (wr_tdt && !tx_en_i)))
  `E1000_ASSERT(NewHeadIsAFlush, rehead_o |-> flush_o)
  // T-62, T-63
  `E1000_ASSERT(EmptyIsAMoveToTheTail, txqe_o |-> moved_i && usable_o && moved_index_i == tdt_q)
  `E1000_ASSERT(LowComesBehindACompletion, low_o |-> $past(complete_i))

  `E1000_COVER(HeadWraps, moved_i && usable_o && moved_index_i < tdh_q)
  `E1000_COVER(TailComesWhileOff, restart_o && !flush_o)
endmodule

bind e1000_tx_ring e1000_tx_ring_sva u_sva (.*);
