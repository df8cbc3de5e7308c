# Fails when an #include goes against the one-way rule of the folders (see README.md of each folder).
cmake_policy(VERSION 3.25)
set(rules
  "schemas|^(schemas)/"
  "crypto|^(schemas|crypto)/"
  "storage|^(schemas|storage)/"
  "service/http|^(schemas|crypto|storage|service/http)/"
  "service/metrics|^(schemas|storage|service/(http|metrics))/"
  "service/auth|^(schemas|crypto|storage|service/(http|auth))/"
  "service/scan|^(schemas|service/scan)/"
  "service/domain|^(schemas|crypto|storage|service/(scan|domain))/"
  "service/jobs|^(schemas|crypto|storage|service/(domain|jobs))/"
  "service/api|^(schemas|crypto|storage|service/(http|auth|domain|api))/"
  "service/web|^(schemas|crypto|storage|service/(http|auth|domain|web))/")
set(wrong "")
set(seen 0)
foreach(rule IN LISTS rules)
  string(REPLACE "|" ";" parts "${rule}")
  list(POP_FRONT parts folder)
  string(REPLACE ";" "|" allowed "${parts}")
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${folder}/*.hpp ${ROOT}/${folder}/*.cpp)
  foreach(file IN LISTS files)
    math(EXPR seen "${seen} + 1")
    file(STRINGS ${ROOT}/${file} includes REGEX "^#include \"[^\"]+\"")
    foreach(line IN LISTS includes)
      string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" path "${line}")
      if(path MATCHES "\\.embedded\\.hpp$")
        continue()
      endif()
      if(NOT path MATCHES "${allowed}")
        list(APPEND wrong "${file} includes ${path}")
      endif()
    endforeach()
  endforeach()
endforeach()
if(seen EQUAL 0)
  message(FATAL_ERROR "the layering test found no files")
endif()
if(wrong)
  list(JOIN wrong "\n  " wrong)
  message(FATAL_ERROR "includes against the one-way rule:\n  ${wrong}")
endif()
message(STATUS "layering: ${seen} files follow the one-way rule")
