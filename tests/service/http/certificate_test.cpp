#include <doctest/doctest.h>

#include <fstream>

#include "certificate_folder.hpp"
#include "tests/support/shared.hpp"

namespace {

using namespace itqan;
using tests::CertificateFolder;
using tests::read_file;
namespace fs = std::filesystem;

void write(fs::path const& path, std::string const& text) {
    std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

TEST_CASE("a usable certificate is kept") {
    CertificateFolder const folder;
    auto const before = read_file(folder.make({"badge.test"}).certificate);
    CHECK(read_file(folder.make({"badge.test"}).certificate) == before);
}

TEST_CASE("addresses, upper case and localhost among the names do not make a new certificate each time") {
    CertificateFolder const folder;
    std::vector<std::string> const names{"192.0.2.7", "2001:db8::7", "Badge.Test", "localhost", "127.0.0.1"};
    auto const before = read_file(folder.make(names).certificate);
    CHECK(read_file(folder.make(names).certificate) == before);
}

TEST_CASE("a name that the certificate lacks makes a new one") {
    CertificateFolder const folder;
    auto const before = read_file(folder.make({"badge.test"}).certificate);
    CHECK(read_file(folder.make({"badge.test", "192.0.2.7"}).certificate) != before);
}

TEST_CASE("files that do not belong together are made anew") {
    CertificateFolder const folder, other;
    auto const files = folder.make({"badge.test"});
    auto const foreign = other.make({"badge.test"});
    for (auto const& [mine, theirs] :
         {std::pair{files.key, foreign.key}, std::pair{files.authority, foreign.authority}}) {
        write(mine, read_file(theirs));
        auto const before = read_file(files.certificate);
        CHECK(read_file(folder.make({"badge.test"}).certificate) != before);
    }
    write(files.key, "no key");
    auto const before = read_file(files.certificate);
    CHECK(read_file(folder.make({"badge.test"}).certificate) != before);
}

TEST_CASE("the key is for its owner only") {
    CertificateFolder const folder;
    auto const mode = fs::status(folder.make({}).key).permissions();
    CHECK((mode & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
}
