// Bundles: what is packed, what a badge is judged by without a connection, and which files are refused.

#include <doctest/doctest.h>

#include "service/domain/bundle.hpp"
#include "service/domain/receipts.hpp"
#include "tests/service/domain/acts_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

struct BundleHouse : ActsHouse {
    BundleHouse() { keys.ensure_installation(); }

    Bundle pack(std::vector<std::string> const& inputs = {}) {
        Bundle bundle{clock.now, addresses.base(), {}};
        pack_own(bundle, services);
        for (auto const& input : inputs)
            REQUIRE(pack_for(bundle, services, input));
        return must(read_bundle(must(write_bundle(bundle))));
    }
    OfflineReport judge(Bundle const& bundle, std::string const& text) {
        return must(verify_offline(bundle, text, std::nullopt, clock.now));
    }
};

std::string with(Bundle const& bundle, std::string const& pointer, Json const& value) {
    auto json = Json::parse(must(write_bundle(bundle)));
    json[Json::json_pointer(pointer)] = value;
    return json.dump();
}

}  // namespace

TEST_CASE("a badge of ours is judged by the bundle as it is here, in both forms") {
    BundleHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const bundle = house.pack();

    for (auto const& text : {house.text(row), house.jwt(row)}) {
        auto const offline = house.judge(bundle, text);
        CHECK(offline.report.verdict == Verdict::valid);
        CHECK(offline.report.headline_code == "valid");
    }
    CHECK(house.judge(bundle, house.text(row)).absent == std::set{house.addresses.credential(row.id) + "#state"});
    CHECK(house.judge(house.pack({house.text(row)}), house.text(row)).absent.empty());
}

TEST_CASE("a bundle tells of the day it was packed, and so it says") {
    BundleHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const before = house.pack({house.text(row)});
    must(house.claims.revoke(issuer_actor("nakhla"), row.id, "evidence-withdrawn", ""));

    CHECK(house.judge(before, house.text(row)).report.verdict == Verdict::valid);
    CHECK(house.judge(house.pack(), house.text(row)).report.headline_code == "revoked");
    for (auto const& [address, document] : before.documents)
        CHECK(document.fetched_at == before.created_at);
}

TEST_CASE("a hold is packed with the badge it is about") {
    BundleHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    must(house.claims.suspend(issuer_actor("nakhla"), row.id, ""));

    CHECK(house.judge(house.pack({house.text(row)}), house.text(row)).report.headline_code == "suspended");
}

TEST_CASE("a revoked key stays revoked in a bundle") {
    BundleHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const token = house.jwt(row);
    must(house.keys.revoke(Actor{}, house.keys.list("nakhla").front().id));

    auto const offline = house.judge(house.pack(), token);

    CHECK(offline.report.verdict == Verdict::invalid);
}

TEST_CASE("what a bundle does not hold is unchecked and named") {
    BundleHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto bundle = house.pack();
    auto const list = house.addresses.status_list(row.status_list_id);
    REQUIRE(bundle.documents.erase(list) == 1);

    auto const without_list = house.judge(bundle, house.text(row));
    auto const empty = house.judge(Bundle{house.clock.now, "", {}}, house.text(row));

    CHECK(without_list.report.verdict == Verdict::unchecked);
    CHECK(without_list.absent.contains(list));
    CHECK(empty.report.verdict == Verdict::unchecked);
    CHECK(empty.absent.contains(house.addresses.issuer_did("nakhla")));
    auto const link = verify_offline(bundle, house.addresses.credential(row.id), std::nullopt, house.clock.now);
    REQUIRE_FALSE(link);
    CHECK(link.error().code == "no-link-offline");
}

TEST_CASE("a forged badge is refused offline too") {
    BundleHouse house;
    auto badge = Json::parse(house.text(house.award("ach-01", "lrn-001")));
    badge["name"] = "Another";

    CHECK(house.judge(house.pack(), badge.dump()).report.verdict == Verdict::invalid);
}

TEST_CASE("a receipt is genuine by the document of its installation in a bundle") {
    BundleHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const report = must(house.documents.verify(house.text(row), std::nullopt, house.clock.now, true));
    auto const receipt = must(house.database().read([&](storage::Session& session) {
        return issue_receipt(house.keys, session, report, std::nullopt, house.addresses.installation_did(),
                             house.clock.now);
    }));

    CHECK(must(judge_receipt(receipt.dump(), house.pack().documents, house.clock.now)).code == "genuine");
}

TEST_CASE("a bundle with a changed document, or none of ours, is refused") {
    BundleHouse house;
    house.award("ach-01", "lrn-001");
    auto const bundle = house.pack();
    auto const code = [](std::string const& text) {
        auto const read = read_bundle(text);
        return read ? std::string() : read.error().code;
    };
    REQUIRE(code(must(write_bundle(bundle))).empty());

    CHECK(code(with(bundle, "/documents/0/body", "{}")) == "bundle-damaged");
    CHECK(code(with(bundle, "/documents/0/sha256", "00")) == "bundle-damaged");
    auto const first = Json::parse(must(write_bundle(bundle))).at("documents").at(0);
    CHECK(code(with(bundle, "/documents/1", first)) == "bundle-damaged");
    CHECK(code(with(bundle, "/documents/0/fetchedAt", "yesterday")) == "no-bundle");
    CHECK(code(with(bundle, "/documents/0", 1)) == "no-bundle");
    CHECK(code(with(bundle, "/documents", Json::object())) == "no-bundle");
    CHECK(code(with(bundle, "/createdAt", 5)) == "no-bundle");
    CHECK(code(with(bundle, "/version", 2)) == "no-bundle");
    CHECK(code(with(bundle, "/type", "Other")) == "no-bundle");
    CHECK(code("no JSON") == "no-bundle");
    CHECK(code("[]") == "no-bundle");
}

TEST_CASE("bundles have a size and so have their documents") {
    Bundle bundle{Instant{0}, "", {}};
    Document document;
    document.fetched_at = Instant{0};
    document.body = std::string(bundle_limits::document_bytes, 'x');
    bundle.documents["https://one.example/"] = document;
    CHECK(read_bundle(must(write_bundle(bundle))));

    document.body += 'x';
    bundle.documents["https://one.example/"] = document;
    CHECK(write_bundle(bundle).error().code == "bundle-too-large");
    CHECK(read_bundle(std::string(bundle_limits::bytes + 1, ' ')).error().code == "bundle-too-large");
    Json many{{"type", "ItqanBundle"}, {"version", 1}, {"createdAt", "2026-11-01T12:00:00Z"}};
    many["documents"] = std::vector<int>(bundle_limits::documents + 1, 0);
    CHECK(read_bundle(many.dump()).error().code == "bundle-too-large");
}
