#include "service/cli/command_line.hpp"

#ifdef ITQAN_TCMALLOC
#include <cstddef>

#include <gperftools/malloc_extension.h>
#endif

namespace {

void set_up_memory() {
#ifdef ITQAN_TCMALLOC
    // What freed memory all threads together keep for themselves: more makes nothing faster, and there are many
    // threads.
    constexpr auto kept_by_threads = std::size_t{4} * 1024 * 1024;
    MallocExtension::instance()->SetNumericProperty("tcmalloc.max_total_thread_cache_bytes", kept_by_threads);
#endif
}

}  // namespace

int main(int argc, char** argv) {
    set_up_memory();
    return itqan::cli::run(argc, argv);
}
