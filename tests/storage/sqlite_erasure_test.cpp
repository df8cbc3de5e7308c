#include <doctest/doctest.h>

#include "tests/storage/traced_person.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

namespace {

bool files_hold(std::string const& file, std::string const& text) {
    for (auto const* const suffix : {"", "-wal", "-shm"}) {
        if (read_file(file + suffix).find(text) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("after erase and purge no byte of the person is in any file of the database") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        write_traced_people(session);
        for (int i = 0; i < 300; ++i) {
            insert_document(session, {"c-lrn-1", i + 2, "jwt", "k", std::string(3000, 'j') + "SIGNED-TRACE", noon});
            add_note(session, "credential", "c-lrn-1", "lrn-1", std::string(700, 'n') + "FREETEXT-TRACE", noon);
        }
    });
    for (auto const* const trace : traces)
        REQUIRE_MESSAGE(files_hold(test.file, trace), trace);

    test->write([](Session& session) {
        erase_learner(session, "lrn-1", after(7));
        erase_learner(session, "lrn-2", after(7));
    });
    test->purge_deleted();

    for (auto const* const trace : traces)
        CHECK_MESSAGE(!files_hold(test.file, trace), trace);
    CHECK(std::filesystem::file_size(test.file + "-wal") == 0);
    CHECK(number(*test.database, "PRAGMA freelist_count") == 0);
    test->write([](Session& session) { put_learner(session, learner_row("lrn-3")); });
    CHECK(test->read([](Session& session) { return learner(session, "lrn-3").has_value(); }));
}

TEST_CASE("a purge that a reader of another process holds up says so") {
    TemporaryDatabase test;
    test->write(write_traced_people);
    SqliteConfig config;
    config.path = test.file;
    config.busy_timeout_milliseconds = 20;
    auto const impatient = open_sqlite(config);

    test->read([&](Session& session) {
        REQUIRE(learner(session, "lrn-1"));
        impatient->write([](Session& s) { erase_learner(s, "lrn-1", after(7)); });
        CHECK_THROWS_AS(impatient->purge_deleted(), DatabaseError);
    });
    impatient->purge_deleted();

    CHECK_FALSE(files_hold(test.file, "MARYAM-TRACE"));
}
