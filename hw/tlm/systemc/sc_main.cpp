// SPDX-License-Identifier: Apache-2.0
// libsystemc brings a main() that calls sc_main().  Ringside's programs have their own main() and elaborate by
// themselves; this only satisfies the library's reference.
extern "C" int sc_main(int, char**);
int sc_main(int, char**) {
  return 0;
}
