// "Still current today?" on the verifier's page, in both languages.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "service/web/form.hpp"
#include "tests/service/web/web_house.hpp"

namespace itqan::tests {
namespace {

struct TodayWeb : WebHouse {
    TodayWeb() {
        auto const programme =
            house.database().read([&](storage::Session& session) { return house.programmes.current(session); });
        row = *house.issuance.award(Actor{}, *programme, {"ach-01", "lrn-001", std::nullopt, std::nullopt});
    }
    void share(std::string const& visibility) {
        Actor holder;
        holder.role = Role::learner;
        holder.id = "learner:lrn-001";
        holder.learner_id = "lrn-001";
        row = *house.claims.choose(holder, row.id, {visibility, false, "en"});
    }
    void sign_off(std::string const& id, std::string const& competency, int level, std::string const& on) {
        REQUIRE(house.intake.record(Actor{}, "signoff",
                                    {{"id", id},
                                     {"learnerId", "lrn-001"},
                                     {"competency", competency},
                                     {"level", level},
                                     {"mentorId", "ext-committee"},
                                     {"signedAt", on},
                                     {"status", "confirmed"}}));
    }
    Seen verify(std::string const& language = "en") {
        auto const text =
            house.database()
                .read([&](storage::Session& session) { return storage::first_document(session, row.id, row.edition); })
                .value()
                .body;
        return post("/verify", "text=" + web::encode_query_value(text), "lang=" + language);
    }

    storage::CredentialRow row;
};

TEST_CASE("the verifier's page says which levels of a badge of ours still hold today") {
    TodayWeb web;
    web.share("link");

    auto const unknown = web.verify();
    web.sign_off("s1", "DH6.1", 2, "2025-02-01");
    auto const faded = web.verify();
    web.sign_off("s2", "DH6.1", 2, "2026-10-01");
    auto const some = web.verify();
    web.sign_off("s3", "DH1.1", 1, "2026-10-01");
    auto const all = web.verify();
    auto const in_arabic = web.verify("ar");

    CHECK(unknown.has("Still current today?"));
    CHECK(unknown.has("records cannot tell"));
    CHECK(faded.has("No: by the records of today none of the levels"));
    CHECK(faded.has("level 2 in the badge, level 1 today"));
    CHECK(some.has("In part: 1 of 2 levels"));
    CHECK(some.has("level 2 still held, until 28 March 2028 without new evidence"));
    CHECK(some.has("hold no evidence of it"));
    CHECK(all.has("Yes: every level"));
    CHECK(all.has("records say on 1 November 2026"));
    CHECK(in_arabic.has("هل ما زال مضمون الشارة قائمًا اليوم؟"));
    CHECK(in_arabic.has("نعم: ما زالت كل المستويات"));
    CHECK_FALSE(in_arabic.has("verify.today"));
}

TEST_CASE("the verifier's page is silent about today where the badge's page is not shown to strangers") {
    TodayWeb web;
    web.sign_off("s1", "DH6.1", 2, "2026-10-01");

    auto const offered = web.verify();
    web.share("hidden");
    auto const hidden = web.verify();

    CHECK(offered.has("Genuine and in force"));
    CHECK_FALSE(offered.has("Still current today?"));
    CHECK(hidden.has("Genuine and in force"));
    CHECK_FALSE(hidden.has("Still current today?"));
}

TEST_CASE("the privacy page says that levels today can be asked for, in both languages") {
    WebHouse web;

    CHECK(web.get("/privacy", "lang=en").has("still hold today"));
    CHECK(web.get("/privacy", "lang=ar").has("ما زالت قائمة اليوم"));
}

}  // namespace
}  // namespace itqan::tests
