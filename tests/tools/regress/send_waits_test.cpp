// SPDX-License-Identifier: Apache-2.0
// When frames may leave and when they must: PAUSE of the partner, PAUSE of the card, a card that hangs.
#include "tests/tools/regress/send_bench.h"

namespace ringside::platform::sending {
namespace {

constexpr sim_time unit = 64 * send_bench::byte;  // of PAUSE

class waits : public testing::Test {
 protected:
  void give() {
    id = b.next_id();
    b.call(id, payload);
    b.hand(id);
    b.commit(id);
  }
  void wire_after(sim_time wait) {
    b.wire(id, b.frame({.payload = payload}), wait);
    b.complete(id);
  }
  send_bench b;
  octets payload = send_bench::counting(100);
  frame_id id = 0;
};

// ---- PAUSE of the partner (F-2, F-11) ----

TEST_F(waits, a_pause_is_obeyed) {
  b.write(reg::CTRL, ctrl::RFCE);
  b.hear_pause(1000);
  give();
  wire_after(1000 * unit);
  EXPECT_SOUND(b);
  EXPECT_EQ(b.board->met().at("obeyed_pause"), 1U);
}
TEST_F(waits, a_pause_is_not_obeyed) {
  b.write(reg::CTRL, ctrl::RFCE);
  b.hear_pause(1000);
  give();
  wire_after(500 * unit);
  EXPECT_COMPLAINT(b, "after a PAUSE that lasts until");
}
TEST_F(waits, a_pause_nobody_told_it_to_obey) {
  b.write(reg::CTRL, 0);
  b.hear_pause(1000);
  give();
  wire_after(0);
  EXPECT_SOUND(b);
}
TEST_F(waits, a_pause_that_ends_early_is_felt_at_once) {
  b.write(reg::CTRL, ctrl::RFCE);
  b.hear_pause(1000);
  give();
  b.hear_pause(0);
  wire_after(900 * unit);
  EXPECT_COMPLAINT(b, "could begin at");
}
TEST_F(waits, a_newer_pause_replaces_it) {
  b.write(reg::CTRL, ctrl::RFCE);
  b.hear_pause(100);
  b.hear_pause(1000);
  give();
  wire_after(300 * unit);
  EXPECT_COMPLAINT(b, "after a PAUSE that lasts until");
}

// ---- what is ready goes (T-71, T-72) ----

TEST_F(waits, what_is_ready_goes) {
  give();
  wire_after(0);
  give();
  wire_after(0);
  EXPECT_SOUND(b);
}
TEST_F(waits, it_stays_for_no_reason) {
  give();
  wire_after(50 * us);
  EXPECT_COMPLAINT(b, "begins 50000000 ps later");
}
TEST_F(waits, it_stays_while_the_transmitter_is_off) {
  b.write(reg::TCTL, 0);
  give();
  b.now += 50 * us;
  b.write(reg::TCTL, tctl::EN);
  wire_after(0);
  EXPECT_SOUND(b);
}
TEST_F(waits, it_stays_without_link) {
  b.event_of(stage::link_change, 0, 0);
  give();
  b.now += 50 * us;
  b.event_of(stage::link_change, 0, 1);
  wire_after(0);
  EXPECT_SOUND(b);
}

// ---- PAUSE of the card (F-6, F-9) ----

class own_pauses : public testing::Test {
 protected:
  own_pauses() { b.write(reg::CTRL, ctrl::TFCE); }
  void pause(unsigned timer) {
    b.now += 20 * us;
    b.wire(0, b.pause_frame(timer));
  }
  void overflow() {
    b.now += 5 * us;
    b.event_of(stage::fifo_drop, 1, 0, static_cast<std::uint64_t>(drop_reason::fifo_overflow));
  }
  send_bench b;
};

TEST_F(own_pauses, off_and_on) {
  for (const unsigned timer : {0xFFFFU, 0U, 0xFFFFU, 0U}) pause(timer);
  EXPECT_SOUND(b);
  EXPECT_EQ(b.board->met().at("sent_pause"), 4U);
}
TEST_F(own_pauses, once_more_for_an_overflow) {
  pause(0xFFFF);
  overflow();
  pause(0xFFFF);
  EXPECT_SOUND(b);
}
TEST_F(own_pauses, once_more_for_nothing) {
  pause(0xFFFF);
  pause(0xFFFF);
  EXPECT_COMPLAINT(b, "a second PAUSE of time ffff");
}
TEST_F(own_pauses, on_twice) {
  for (const unsigned timer : {0xFFFFU, 0U, 0U}) pause(timer);
  EXPECT_COMPLAINT(b, "a second PAUSE of time 0000");
}
TEST_F(own_pauses, on_without_off) {
  pause(0);
  EXPECT_COMPLAINT(b, "the first PAUSE that is sent has no time");
}
TEST_F(own_pauses, another_time_than_fcttv) {
  pause(0x1234);
  EXPECT_COMPLAINT(b, "a PAUSE is sent of time 1234");
}
TEST_F(own_pauses, without_tfce) {
  pause(0xFFFF);
  b.write(reg::CTRL, 0);
  pause(0);
  EXPECT_COMPLAINT(b, "a PAUSE is sent, and flow control does not allow it");
}
TEST_F(own_pauses, a_new_tfce_arms_it) {
  pause(0xFFFF);
  b.write(reg::CTRL, 0);
  b.write(reg::CTRL, ctrl::TFCE);
  pause(0xFFFF);
  EXPECT_SOUND(b);
}

// ---- a card that hangs (DR-7, QD-10) ----

class hangs : public testing::Test {
 protected:
  hangs() : b({"reconfigure.actions=1ms:hang=on"}) {}
  void hang() {
    b.event_of(stage::reconfigure, 0, static_cast<std::uint64_t>(reconfiguration::hang), 1);
    b.write(reg::TCTL, 0);
  }
  void give() {
    id = b.next_id();
    b.call(id, payload);
    b.hand(id);
  }
  send_bench b;
  octets payload = send_bench::counting(100);
  frame_id id = 0;
};

TEST_F(hangs, a_reset_recovers_it) {
  hang();
  give();
  b.now += 8 * second;
  b.event_of(stage::tx_timeout);
  b.event_of(stage::nic_reset);
  b.event_of(stage::skb_drop, id, 0, static_cast<std::uint64_t>(drop_reason::tx_ring_cleaned));
  b.write(reg::TCTL, tctl::EN);
  b.datagram();
  EXPECT_SOUND(b);
  EXPECT_EQ(b.board->met().at("hang_recovered"), 1U);
}
TEST_F(hangs, nobody_resets_it) {
  hang();
  give();
  b.now += 30 * second;
  b.event_of(stage::cause_set);
  EXPECT_AMONG(b, "lies in a card that hangs, and nobody resets it");
}
TEST_F(hangs, a_reset_of_one_that_does_not) {
  b.event_of(stage::tx_timeout);
  EXPECT_COMPLAINT(b, "the watchdog finds a queue that hangs, and the card does not");
}

}  // namespace
}  // namespace ringside::platform::sending
