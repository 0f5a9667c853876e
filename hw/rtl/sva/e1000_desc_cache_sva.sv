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
  logic past_ok_q;
  always_ff @(posedge clk_i) past_ok_q <= rst_ni && !soft_rst_i;

  NoFetchWhileDisabled: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    req_gnt_i |-> rx_en_i && !restart_i);
  FlushIsARestart: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q) flush_i |-> restart_i);
  // R-16: after a restart nothing on chip is unused
  RestartDropsWhatIsUnused: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    restart_i |=> unused == 7'd0);
  FetchOnlyFromAUsableRing: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    req_gnt_i |-> usable_i);
  FetchNeverPassesTheTail: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    req_gnt_i |-> {9'd0, req_count_q} <= avail);
  FetchNeverPassesTheRingEnd: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    req_gnt_i |-> {1'b0, fetch_q} + {10'd0, req_count_q} <= {1'b0, size_i});
  FetchStaysInAPage: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    req_valid_o |-> {1'b0, req_addr_o[11:0]} + req_len_o <= 13'd4096 && req_len_o != 13'd0);
  FetchFitsTheCache: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    req_gnt_i |-> req_count_q <= space);
  DataOnlyForAFetch: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    rsp_valid_i |-> state_q == 2'd2);
  NeverMoreThan64: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    occupied <= 7'd64 && unused <= occupied);
  UseOnlyWhatIsThere: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    desc_use_i |-> desc_valid_o && unused != 7'd0);

  CacheIsFull: cover property (@(posedge clk_i) rst_ni && occupied == 7'd64);
  FetchEndsAtTheRingEnd: cover property (@(posedge clk_i)
    rst_ni && req_gnt_i && {1'b0, fetch_q} + {10'd0, req_count_q} == {1'b0, size_i} && tail_i != 16'd0);
  RefetchMeetsAUse: cover property (@(posedge clk_i) rst_ni && restart_i && !flush_i && desc_use_i);
  StaleDataArrives: cover property (@(posedge clk_i) rst_ni && rsp_valid_i && !store);
endmodule

bind e1000_desc_cache e1000_desc_cache_sva u_sva (.*);
