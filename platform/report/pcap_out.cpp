#include "platform/report/pcap_out.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <stdexcept>

#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

constexpr int snap_length = 262'144;  // libpcap's largest

}  // namespace

void pcap_out::handle_closer::operator()(pcap* handle) const {
  pcap_close(handle);
}
void pcap_out::dump_closer::operator()(pcap_dumper* dump) const {
  pcap_dump_close(dump);
}

pcap_out::pcap_out(const std::string& path, const std::string& key)
    : file_(path, key),
      handle_(pcap_open_dead_with_tstamp_precision(DLT_EN10MB, snap_length, PCAP_TSTAMP_PRECISION_NANO)) {
  if (!handle_) throw std::runtime_error("libpcap gives no handle");
  dump_.reset(pcap_dump_open(handle_.get(), file_.temporary().c_str()));
  if (!dump_) throw input_error(fmt_error(path, 0, key, pcap_geterr(handle_.get()), "a file in an existing folder"));
}

pcap_out::~pcap_out() = default;

void pcap_out::write(sim_time time, std::span<const std::byte> packet) {
  pcap_pkthdr header{};
  header.ts.tv_sec = time / second;
  header.ts.tv_usec = time % second / ns;  // nanoseconds, by the handle's precision
  header.caplen = header.len = static_cast<bpf_u_int32>(packet.size());
  pcap_dump(reinterpret_cast<unsigned char*>(dump_.get()), &header,
            reinterpret_cast<const unsigned char*>(packet.data()));
  ++packets_;
}

void pcap_out::commit() {
  if (pcap_dump_flush(dump_.get()) != 0) throw std::runtime_error(fmt::format("{}: write failed", file_.path()));
  dump_.reset();
  file_.commit();
}

}  // namespace ringside::platform
