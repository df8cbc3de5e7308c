# itqan_embed(target namespace name ROOT dir FILES relative-paths...)
# Compiles files into the program: declares `std::string_view namespace::name(std::string_view path)` (empty when
# there is no such file) and `std::vector<std::string_view> namespace::name_paths()`, in the generated header
# "<name>.embedded.hpp". Files are joined by the assembler's .incbin, so large ones cost nothing to compile.
function(itqan_embed target namespace name)
  cmake_parse_arguments(arg "" "ROOT" "FILES" ${ARGN})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name})
  set(source ${dir}/${name}.embedded.cpp)
  set(header ${dir}/${name}.embedded.hpp)
  set(assembly ".section .rodata\\n\"\n")
  set(externs "")
  set(table "")
  set(index 0)
  set(depends "")
  foreach(file IN LISTS arg_FILES)
    set(path ${arg_ROOT}/${file})
    string(APPEND assembly "    \"itqan_${name}_${index}: .incbin \\\"${path}\\\"\\n itqan_${name}_${index}_end: .byte 0\\n\"\n")
    string(APPEND externs "extern char const itqan_${name}_${index}[], itqan_${name}_${index}_end[];\n")
    string(APPEND table "    {\"${file}\", {itqan_${name}_${index}, itqan_${name}_${index}_end}},\n")
    list(APPEND depends ${path})
    math(EXPR index "${index} + 1")
  endforeach()
  file(CONFIGURE OUTPUT ${header} CONTENT "#pragma once
#include <string_view>
#include <vector>
namespace ${namespace} {
std::string_view ${name}(std::string_view path);
std::vector<std::string_view> ${name}_paths();
}
" @ONLY)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${name}.embedded.hpp\"
#include <map>
asm(\"${assembly}    \".previous\\n\");
extern \"C\" {
${externs}}
namespace ${namespace} {
namespace {
std::map<std::string_view, std::string_view> const& table() {
  static std::map<std::string_view, std::string_view> const files{
${table}  };
  return files;
}
}
std::string_view ${name}(std::string_view path) {
  auto const found = table().find(path);
  return found == table().end() ? std::string_view{} : found->second;
}
std::vector<std::string_view> ${name}_paths() {
  std::vector<std::string_view> paths;
  for (auto const& [path, bytes] : table()) paths.push_back(path);
  return paths;
}
}
" @ONLY)
  target_sources(${target} PRIVATE ${source})
  target_include_directories(${target} PUBLIC ${dir})
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS "${depends}" COMPILE_OPTIONS "-w")
endfunction()
