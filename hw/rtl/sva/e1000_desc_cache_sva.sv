// SPDX-License-Identifier: Apache-2.0
// Rules of the descriptor cache: R-7, R-13, FS 6.3, N-8, N-9.
module e1000_desc_cache_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic        rx_en_i,
  input logic        flush_i,
  input logic        restart_i,
  input logic        usable_i,
  input logic [15:0] size_i,
  input logic [15:0] tail_i,
  input logic [15:0] fetch_q,
  input logic [15:0] avail,
  input logic [6:0]  unused,
  input logic [6:0]  occupied,
  input logic [6:0]  req_count_q,
  input logic        desc_use_i,
  input logic        desc_valid_o,
  input logic        req_valid_o,
  input logic [63:0] req_addr_o,
  input logic [12:0] req_len_o,
  input logic        req_gnt_i,
  input logic        rsp_valid_i,
  input logic        store,
  input logic [6:0]  space,
  input logic [1:0]  state_q
);
  `E1000_PAST_OK(rst_ni && !soft_rst_i)

  `E1000_ASSERT(NoFetchWhileDisabled, req_gnt_i |-> rx_en_i && !restart_i)
  `E1000_ASSERT(FlushIsARestart, flush_i |-> restart_i)
  // R-16: after a restart nothing on chip is unused
  `E1000_ASSERT(RestartDropsWhatIsUnused, restart_i |=> unused == 7'd0)
  `E1000_ASSERT(FetchOnlyFromAUsableRing, req_gnt_i |-> usable_i)
  `E1000_ASSERT(FetchNeverPassesTheTail, req_gnt_i |-> {9'd0, req_count_q} <= avail)
  `E1000_ASSERT(FetchNeverPassesTheRingEnd, req_gnt_i |-> {1'b0, fetch_q} + {10'd0, req_count_q} <= {1'b0, size_i})
  `E1000_ASSERT(FetchStaysInAPage,
    req_valid_o |-> {1'b0, req_addr_o[11:0]} + req_len_o <= 13'd4096 && req_len_o != 13'd0)
  `E1000_ASSERT(FetchFitsTheCache, req_gnt_i |-> req_count_q <= space)
  `E1000_ASSERT(DataOnlyForAFetch, rsp_valid_i |-> state_q == 2'd2)
  `E1000_ASSERT(NeverMoreThan64, occupied <= 7'd64 && unused <= occupied)
  `E1000_ASSERT(UseOnlyWhatIsThere, desc_use_i |-> desc_valid_o && unused != 7'd0)

  `E1000_COVER(CacheIsFull, occupied == 7'd64)
  `E1000_COVER(FetchEndsAtTheRingEnd,
    req_gnt_i && {1'b0, fetch_q} + {10'd0, req_count_q} == {1'b0, size_i} && tail_i != 16'd0)
  `E1000_COVER(RefetchMeetsAUse, restart_i && !flush_i && desc_use_i)
  `E1000_COVER(StaleDataArrives, rsp_valid_i && !store)
endmodule

bind e1000_desc_cache e1000_desc_cache_sva u_sva (.*);
