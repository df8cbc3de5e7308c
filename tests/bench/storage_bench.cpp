#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <benchmark/benchmark.h>

#include "storage/database.hpp"
#include "storage/migrate.hpp"

using namespace itqan;
using namespace itqan::storage;

namespace {

/// One database per benchmark, in a folder on a real disk (TMPDIR); a tmpfs would hide the cost of the commit.
struct Bench {
    std::string folder = (std::filesystem::temp_directory_path() / "itqan-bench-XXXXXX").string();
    std::unique_ptr<Database> database;
    std::atomic<std::int64_t> next = 0;

    Bench() {
        if (::mkdtemp(folder.data()) == nullptr) std::abort();
        SqliteConfig config;
        config.path = folder + "/itqan.db";
        database = open_sqlite(config);
        migrate(*database, Instant{});
    }
    ~Bench() {
        database.reset();
        std::filesystem::remove_all(folder);
    }
    void insert() {
        auto const id = std::to_string(next++);
        static std::string const body(2048, 'x');
        database->write([&](Session& session) {
            session.execute(
                "INSERT INTO credential_document (credential_id, edition, form, key_id, body, signed_at) "
                "VALUES ($1, 1, 'jwt', 'k', $2, 0)",
                id, body);
        });
    }
};

std::unique_ptr<Bench> bench;

void set_up(benchmark::State const&) {
    bench = std::make_unique<Bench>();
}
void tear_down(benchmark::State const&) {
    bench.reset();
}

/// Rows of 2 KB, each its own unit of work, durable before the next of the same thread.
void durable_rows(benchmark::State& state) {
    for (auto _ : state)
        bench->insert();
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(durable_rows)
    ->Setup(set_up)
    ->Teardown(tear_down)
    ->UseRealTime()
    ->Threads(1)
    ->Threads(2)
    ->Threads(8)
    ->Threads(64);

void read_row(benchmark::State& state) {
    if (state.thread_index() == 0) bench->insert();
    for (auto _ : state) {
        bench->database->read([](Session& session) {
            session.query(
                "SELECT body FROM credential_document WHERE credential_id = $1 AND edition = 1 AND form = 'jwt'",
                [](Row const& row) { benchmark::DoNotOptimize(row.text(0).size()); }, "0");
        });
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(read_row)->Setup(set_up)->Teardown(tear_down)->UseRealTime()->Threads(1)->Threads(64);

}  // namespace

BENCHMARK_MAIN();
