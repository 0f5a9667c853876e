# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where, and `cpack` into a Debian package.
include(GNUInstallDirs)

install(TARGETS ringside DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${RINGSIDE_MAN} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES packaging/ringside.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ringside)
install(DIRECTORY waves DESTINATION ${CMAKE_INSTALL_DATADIR}/ringside FILES_MATCHING PATTERN "*.gtkw")
# What makes the guest of `ringside linux`.
install(DIRECTORY linux DESTINATION ${CMAKE_INSTALL_DATADIR}/ringside USE_SOURCE_PERMISSIONS)
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY platform/scenarios DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples FILES_MATCHING PATTERN "*.toml")
# Debian's zsh looks in site-functions below /usr/local and in vendor-completions below /usr.
install(CODE "set(completion [[${PROJECT_SOURCE_DIR}/packaging/_ringside]])")
install(CODE [[
  set(folder site-functions)
  if(CMAKE_INSTALL_PREFIX MATCHES "/usr/?$")
    set(folder vendor-completions)
  endif()
  file(INSTALL DESTINATION ${CMAKE_INSTALL_PREFIX}/share/zsh/${folder} TYPE FILE FILES ${completion})
]])

# Installing takes what is built: `ringside` alone is enough.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ringside)
set(CPACK_PACKAGE_CONTACT "Ringside maintainers <maintainers@ringside.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "co-simulation of a network card, both directions")
set(CPACK_PACKAGE_DESCRIPTION
    "An 82540EM network card in RTL, its bus, its driver and a Linux-shaped network
stack on a virtual CPU run together on one exact timebase: from a frame on the
wire to the application that reads it, and from its send call to the wire.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SECTION electronics)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS gtkwave)
include(CPack)
