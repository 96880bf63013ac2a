# Finds oneDNN's C headers and library.
#
#   ONEDNN_ROOT   where to look first: a prefix with include/ and lib/, or the unpacked native jar that Maven uses
#
# Defines the target OneDNN::OneDNN, and OneDNN_INCLUDE_DIR, OneDNN_LIBRARY, OneDNN_VERSION.

set(ONEDNN_ROOT "" CACHE PATH "Prefix of oneDNN, or an unpacked native jar")

file(GLOB _onednn_unpacked "${CMAKE_CURRENT_LIST_DIR}/../target/onednn/org/bytedeco/dnnl/*")
set(_onednn_hints ${ONEDNN_ROOT})
if(NOT ONEDNN_ROOT)
  list(APPEND _onednn_hints ${_onednn_unpacked})
endif()

find_path(OneDNN_INCLUDE_DIR NAMES oneapi/dnnl/dnnl.h HINTS ${_onednn_hints} PATH_SUFFIXES include)
find_library(OneDNN_LIBRARY NAMES dnnl libdnnl.so.3 libdnnl.3.dylib HINTS ${_onednn_hints} PATH_SUFFIXES lib lib64)

if(OneDNN_INCLUDE_DIR)
  file(STRINGS "${OneDNN_INCLUDE_DIR}/oneapi/dnnl/dnnl_version.h" _onednn_lines
    REGEX "#define DNNL_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*PATCH ([0-9]+).*" "\\1.\\2.\\3"
    OneDNN_VERSION "${_onednn_lines}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OneDNN
  REQUIRED_VARS OneDNN_LIBRARY OneDNN_INCLUDE_DIR
  VERSION_VAR OneDNN_VERSION
  REASON_FAILURE_MESSAGE
    "run `mvn generate-test-resources` first, which unpacks it, or name a prefix with -DONEDNN_ROOT=...")

if(OneDNN_FOUND AND NOT TARGET OneDNN::OneDNN)
  add_library(OneDNN::OneDNN UNKNOWN IMPORTED)
  set_target_properties(OneDNN::OneDNN PROPERTIES
    IMPORTED_LOCATION "${OneDNN_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${OneDNN_INCLUDE_DIR}")
endif()
