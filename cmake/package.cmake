# What is installed where, and the Debian package: `cpack -G DEB` in the build folder, or deploy/package.sh.
include(GNUInstallDirs)

set(units ${CMAKE_SOURCE_DIR}/deploy/systemd)
set(debian ${CMAKE_SOURCE_DIR}/deploy/debian)
set(made ${CMAKE_BINARY_DIR}/package)

install(TARGETS itqan RUNTIME DESTINATION bin)
install(PROGRAMS ${debian}/itqan-admin DESTINATION sbin)
# Absolute, because systemd's folder does not follow the prefix.
install(FILES ${units}/itqan.service ${units}/itqan.socket ${units}/itqan-internal.socket ${units}/itqan-backup.service
  ${units}/itqan-backup.timer DESTINATION /lib/systemd/system)
install(CODE "execute_process(COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:itqan> -DFOLDER=${made}/scratch
  -DOUTPUT=${made}/itqan.toml -P ${debian}/configuration.cmake COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${made}/itqan.toml DESTINATION share/itqan)
install(FILES ${CMAKE_SOURCE_DIR}/deploy/operations.md ${CMAKE_SOURCE_DIR}/deploy/privacy.md ${debian}/copyright
  DESTINATION share/doc/itqan)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/deploy/proxy ${CMAKE_SOURCE_DIR}/deploy/kubernetes DESTINATION share/doc/itqan/examples)
install(FILES ${units}/network.conf.example ${units}/credentials.conf.example DESTINATION share/doc/itqan/examples)
install(FILES ${debian}/lintian-overrides DESTINATION share/lintian/overrides RENAME itqan)

foreach(page itqan.1 itqan-admin.8 changelog)
  file(MAKE_DIRECTORY ${made})
  execute_process(COMMAND gzip -9nc ${debian}/${page} OUTPUT_FILE ${made}/${page}.gz COMMAND_ERROR_IS_FATAL ANY)
endforeach()
install(FILES ${made}/itqan.1.gz DESTINATION share/man/man1)
install(FILES ${made}/itqan-admin.8.gz DESTINATION share/man/man8)
install(FILES ${made}/changelog.gz DESTINATION share/doc/itqan)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME itqan)
set(CPACK_PACKAGE_VENDOR Itqan)
set(CPACK_PACKAGE_CONTACT "The Itqan authors <packages@itqan.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "micro-credentialing service for Open Badges 3.0")
set(CPACK_PACKAGE_DESCRIPTION "Training providers post what people completed; Itqan decides which competencies that proves,\n\
issues signed Open Badges 3.0 credentials, and answers whether a badge is true.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
# Or the folders of the package get the umask of whoever builds it.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION web)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
# What the program links is found by dpkg-shlibdeps, with the versions that it needs.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates, tzdata")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "nginx | caddy, postgresql")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
