// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/nic/rtl_trace.h"

#include <verilated_vcd_c.h>

#include <string>

namespace ringside::tlm {

// Verilator writes to a file object: this one passes the text on.
class rtl_trace::text_file final : public VerilatedVcdFile {
 public:
  explicit text_file(vcd_sink& sink) : sink_(sink) {}
  bool open(const std::string&) override { return true; }
  void close() override {}
  ssize_t write(const char* text, ssize_t length) override {
    sink_.on_vcd_text({text, static_cast<std::size_t>(length)});
    return length;
  }

 private:
  vcd_sink& sink_;
};

rtl_trace::rtl_trace(const nic_trace& waves)
    : waves_(waves),
      file_(std::make_unique<text_file>(*waves.sink)),
      vcd_(std::make_unique<VerilatedVcdC>(file_.get())) {
  vcd_->set_time_unit("1ps");
  vcd_->set_time_resolution("1ps");
}

// Closing hands over what is still buffered, so the sink has to be there yet.
rtl_trace::~rtl_trace() = default;

VerilatedVcdC& rtl_trace::vcd() {
  return *vcd_;
}

void rtl_trace::open() {
  vcd_->open("rtl");
  vcd_->flush();
}

// The first dump shows every signal.  Nothing changed since the last evaluated edge, so what stands now stood at the
// window's start.
void rtl_trace::begin(sim_time t) {
  begun_ = true;
  if (waves_.start < t && waves_.start <= waves_.end) write(waves_.start);
}

void rtl_trace::write(sim_time t) {
  vcd_->dump(static_cast<std::uint64_t>(t));
}

void rtl_trace::flush() {
  vcd_->flush();
}

}  // namespace ringside::tlm
