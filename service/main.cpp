#include "service/cli/command_line.hpp"

#ifdef ITQAN_TCMALLOC
#include <gperftools/malloc_extension.h>
#endif

namespace {

/// What freed memory all threads together keep for themselves: more makes nothing faster, and there are many threads.
constexpr std::size_t kept_by_threads = std::size_t{8} * 1024 * 1024;

void set_up_memory() {
#ifdef ITQAN_TCMALLOC
    MallocExtension::instance()->SetNumericProperty("tcmalloc.max_total_thread_cache_bytes", kept_by_threads);
#endif
}

}  // namespace

int main(int argc, char** argv) {
    set_up_memory();
    return itqan::cli::run(argc, argv);
}
