#include "service/metrics/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace itqan::metrics {
namespace {

double seconds(timeval const& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

void write_process(Exposition& text, Instant started) {
    rusage used{};
    if (getrusage(RUSAGE_SELF, &used) == 0) {
        text.begin(Exposition::Type::counter, "process_cpu_seconds_total", "CPU time of the process.");
        text.sample({}, seconds(used.ru_utime) + seconds(used.ru_stime));
    }
    std::ifstream statm("/proc/self/statm");
    std::uint64_t pages = 0, resident = 0;
    if (statm >> pages >> resident) {
        auto const page = static_cast<double>(sysconf(_SC_PAGESIZE));
        text.gauge("process_virtual_memory_bytes", "Address space.", static_cast<double>(pages) * page);
        text.gauge("process_resident_memory_bytes", "Memory in use.", static_cast<double>(resident) * page);
    }
    std::error_code failure;
    std::filesystem::directory_iterator const open("/proc/self/fd", failure);
    if (!failure) {
        // One of them reads the folder.
        auto const count = std::distance(std::filesystem::begin(open), std::filesystem::end(open)) - 1;
        text.gauge("process_open_fds", "Open descriptors.", static_cast<double>(count));
    }
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        text.gauge("process_max_fds", "Descriptors that may be open.", static_cast<double>(limit.rlim_cur));
    text.gauge("process_start_time_seconds", "When it started, since 1970.",
               static_cast<double>(started.milliseconds) * 1e-3);
}

}  // namespace itqan::metrics
