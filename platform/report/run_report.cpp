#include "platform/report/run_report.h"

namespace ringside::platform {

run_report::run_report(std::vector<frame_id> frames, bool first_delivered)
    : latency_(interrupts_), journeys_(interrupts_, std::move(frames), first_delivered) {}

void run_report::on_event(const event& e) {
  hash_.on_event(e);
  ledger_.on_event(e);
  interrupts_.on_event(e);
  latency_.on_event(e);
  journeys_.on_event(e);
  reconfigurations_.on_event(e);
}

// Latencies and journeys ask what interrupts know at the same event; hash and ledger stand alone.
void run_report::on_events(event_stretch stretch) {
  hash_.on_events(stretch);
  for (const event& e : stretch) ledger_.on_event(e);
  for (const event& e : stretch) {
    interrupts_.on_event(e);
    latency_.on_event(e);
    journeys_.on_event(e);
    reconfigurations_.on_event(e);
  }
}

void run_report::finish() {
  ledger_.finish();
  journeys_.finish();
}

}  // namespace ringside::platform
