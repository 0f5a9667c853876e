// SPDX-License-Identifier: Apache-2.0
// Plays N frames of about 30 events through all reports, for callgrind:
//   valgrind --tool=callgrind --toggle-collect='*run_report::on_event*' report_cost 20000
// The budget is 150 instructions per event; prints events so that the reader can divide.
#include <cstdio>
#include <cstdlib>

#include "platform/report/run_report.h"
#include "tests/platform/report/story.h"

int main(int argc, char** argv) {
  using namespace ringside;
  using namespace ringside::platform;
  const long frames = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 20'000;
  run_report report;
  std::uint64_t events = 0;
  for (long n = 0; n < frames; ++n) {
    const auto id = static_cast<frame_id>(n + 1);
    const sim_time t = n * 10 * us;
    test::story s;
    s.arrive(id, t + 1 * us, 64).interrupt(t + 2100 * ns).deliver(id, t + 3200 * ns, t + 5 * us).end_poll(t + 4 * us);
    s.play(report);
    events += s.events().size();
  }
  report.finish();
  std::printf("events %llu\n", static_cast<unsigned long long>(events));
  return report.ledger().breaches().empty() ? 0 : 1;
}
