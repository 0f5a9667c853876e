// SPDX-License-Identifier: Apache-2.0
// Conservation over a cable: what one card sends, the other hears, and what the cable says about it.
#include "platform/report/cable_report.h"

#include <gtest/gtest.h>

#include "platform/report/frame_name.h"
#include "tests/platform/report/story.h"

namespace ringside::platform {
namespace {

using test::made_id;
using test::story;

constexpr sim_time delay = 344 * ns;
constexpr frame_id heard(std::uint64_t number) {
  return make_frame_id(frame_kind::received, unit_of(1, 0), number);
}

struct judged {
  explicit judged(const story& s) {
    s.play(report);
    report.finish();
  }
  cable_report report{delay, 8 * ns};
};

story& send(story& s, std::uint64_t number, sim_time t) {
  return s.at(t, stage::tx_wire_sof, made_id(number));
}
story& come(story& s, std::uint64_t number, sim_time t, std::uint64_t as, bool twice = false) {
  s.at(t, stage::wire_sof, heard(number), 64, 0, unit_of(1, 0));
  return s.at(t, stage::cable_out, heard(number), made_id(as), twice ? 1 : 0, unit_of(1, 0));
}
story& fault(story& s, std::uint64_t number, sim_time t, cable_fault what) {
  return s.at(t, stage::cable_fault, made_id(number), static_cast<std::uint64_t>(what));
}

TEST(cable_report, adds_up) {
  story s;
  send(s, 1, 1 * us);
  come(s, 1, 1 * us + delay, 1);
  send(s, 2, 2 * us);
  fault(s, 2, 2 * us, cable_fault::loss);
  send(s, 3, 3 * us);
  fault(s, 3, 3 * us, cable_fault::duplicate);
  come(s, 2, 3 * us + delay, 3);
  come(s, 3, 4 * us, 3, true);
  send(s, 4, 5 * us);
  const judged j(s);
  EXPECT_TRUE(j.report.breaches().empty()) << j.report.breaches().front();
  const cable_report::counts& c = j.report.from(0);
  EXPECT_EQ(c.sent, 4U);
  EXPECT_EQ(c.received, 3U);
  EXPECT_EQ(c.in_flight, 1U);
  EXPECT_EQ(c.accounted(), c.sent);
  EXPECT_EQ(j.report.from(1).sent, 0U);
}

std::string first_breach(const story& s) {
  const judged j(s);
  return j.report.breaches().empty() ? "" : j.report.breaches().front();
}

TEST(cable_report, notices_what_cannot_be) {
  {
    story s;  // a frame that nobody sent
    come(s, 1, 1 * us, 1);
    EXPECT_NE(first_breach(s).find("did not go in"), std::string::npos);
  }
  {
    story s;  // one that comes twice
    send(s, 1, 1 * us);
    come(s, 1, 1 * us + delay, 1);
    come(s, 2, 3 * us, 1);
    EXPECT_NE(first_breach(s).find("has come out before"), std::string::npos);
  }
  {
    story s;  // one that is gone, and nobody says so
    send(s, 1, 1 * us);
    send(s, 2, 2 * us);
    come(s, 1, 2 * us + delay, 2);
    EXPECT_NE(first_breach(s).find("nothing held back"), std::string::npos);
  }
  {
    story s;  // a byte too late, and one too early
    send(s, 1, 1 * us);
    come(s, 1, 1 * us + delay + 8 * ns, 1);
    EXPECT_NE(first_breach(s).find("took 352000 ps"), std::string::npos);
  }
  {
    story s;
    send(s, 1, 1 * us);
    come(s, 1, 1 * us + delay - 8 * ns, 1);
    EXPECT_NE(first_breach(s).find("took 336000 ps"), std::string::npos);
  }
  {
    story s;  // heard by the card alone
    send(s, 1, 1 * us);
    s.at(2 * us, stage::wire_sof, heard(1), 64, 0, unit_of(1, 0));
    come(s, 2, 3 * us, 1);
    EXPECT_NE(first_breach(s).find("did without a cable"), std::string::npos);
  }
}

TEST(frame_name, of_the_other_machine_has_its_letter) {
  const frame_id made = make_frame_id(frame_kind::made, unit_of(1, 0), 5);
  EXPECT_EQ(frame_name(heard(7)), "b:7");
  EXPECT_EQ(frame_name(made), "b:made 5");
  EXPECT_EQ(frame_by_name("b:7"), heard(7));
  EXPECT_EQ(frame_by_name("b:made:5"), made);
  EXPECT_EQ(frame_by_name("a:made:5"), made_id(5));
  EXPECT_EQ(frame_by_name("c:7"), std::nullopt);
}

}  // namespace
}  // namespace ringside::platform
