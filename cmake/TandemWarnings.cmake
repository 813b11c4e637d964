# SPDX-License-Identifier: Apache-2.0
# Every C target of ours links tandem_warnings: warnings, sanitizers, coverage.
add_library(tandem_warnings INTERFACE)
target_compile_options(tandem_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Wundef
  -Wstrict-prototypes -Wmissing-prototypes -fno-strict-overflow)
if(TANDEM_WERROR)
  target_compile_options(tandem_warnings INTERFACE -Werror)
endif()
if(TANDEM_SANITIZE)
  target_compile_options(tandem_warnings INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tandem_warnings INTERFACE -fsanitize=address,undefined)
endif()
if(TANDEM_COVERAGE)
  target_compile_options(tandem_warnings INTERFACE --coverage)
  target_link_options(tandem_warnings INTERFACE --coverage)
endif()
