// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/linux_host/guest_memory.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "hw/tlm/linux_host/guest_error.h"

namespace ringside::tlm {

guest_memory::~guest_memory() {
  unmap();
}

void guest_memory::unmap() {
  if (mapping_ != nullptr) ::munmap(mapping_, mapping_bytes_);
  mapping_ = base_ = nullptr;
  first_ = bytes_ = 0;
}

void guest_memory::map(const file_descriptor& file, std::uint64_t first, std::uint64_t bytes, std::uint64_t offset) {
  unmap();
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) throw guest_error("the guest's memory is no file");
  // Beyond the file's end an access would end this process.
  const auto size = static_cast<std::uint64_t>(about.st_size);
  if (bytes == 0 || offset > size || bytes > size - offset)
    throw guest_error(fmt::format("the guest's memory of {} bytes ends behind its file", bytes));
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::uint64_t inside = offset % page;
  const auto length = static_cast<std::size_t>(bytes + inside);
  void* const at =
      ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), static_cast<off_t>(offset - inside));
  if (at == MAP_FAILED) throw guest_error(fmt::format("the guest's memory: {}", std::strerror(errno)));
  mapping_ = static_cast<std::byte*>(at);
  mapping_bytes_ = length;
  base_ = mapping_ + inside;
  first_ = first;
  bytes_ = bytes;
}

std::span<std::byte> guest_memory::at(std::uint64_t address, std::uint64_t length) const {
  if (!contains(address, length))
    throw guest_error(fmt::format("the guest names {} bytes at 0x{:x}, outside the memory it shows", length, address));
  return {base_ + (address - first_), static_cast<std::size_t>(length)};
}

}  // namespace ringside::tlm
