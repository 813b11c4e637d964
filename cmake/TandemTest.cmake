# SPDX-License-Identifier: Apache-2.0
# tandem_test(NAME unit.tlb SOURCES tlb_test.c LIBS tandem_model [TIMEOUT 60])
# One cmocka program, one ctest entry of the same name. Never linked across files: that takes
# seconds for each of a hundred programs, and the objects hold ordinary code as well.
function(tandem_test)
  cmake_parse_arguments(T "" "NAME;TIMEOUT" "SOURCES;LIBS" ${ARGN})
  string(REPLACE "." "_" target test_${T_NAME})
  add_executable(${target} ${T_SOURCES})
  target_link_libraries(${target} PRIVATE ${T_LIBS} tandem_warnings PkgConfig::CMOCKA)
  if(CMAKE_INTERPROCEDURAL_OPTIMIZATION)
    set_target_properties(${target} PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
    target_link_options(${target} PRIVATE -fno-lto)
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  add_test(NAME ${T_NAME} COMMAND ${target} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${T_NAME} PROPERTIES TIMEOUT ${T_TIMEOUT}
    ENVIRONMENT "TANDEM=${CMAKE_BINARY_DIR}/bin/tandem")
endfunction()
