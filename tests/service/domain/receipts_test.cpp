// Receipts over the starter's house: what they say and do not say, who vouches for them, and what one changed byte
// does.

#include <doctest/doctest.h>

#include "crypto/data_integrity.hpp"
#include "crypto/did.hpp"
#include "schemas/text.hpp"
#include "service/domain/linked_data.hpp"
#include "service/domain/receipts.hpp"
#include "tests/service/domain/acts_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

struct ReceiptHouse : ActsHouse {
    ReceiptHouse() { keys.ensure_installation(); }

    storage::CredentialRow claimed() {
        auto const row = award("ach-01", "lrn-001");
        return must(claims.choose(learner_actor("lrn-001"), row.id, {"link", true, "en"}));
    }
    Report report(std::string const& text, std::optional<std::string> const& recipient = std::nullopt) {
        return must(documents.verify(text, recipient, clock.now, true));
    }
    Json receipt(Report const& report, std::optional<std::string> const& recipient = std::nullopt) {
        return must(database().read([&](storage::Session& session) {
            return issue_receipt(keys, session, report, recipient, addresses.installation_did(), clock.now);
        }));
    }
    Documents own_document() { return {{addresses.installation_did(), documents.get(addresses.installation_did())}}; }
    ReceiptJudgement judge(Json const& receipt) { return judge(receipt.dump()); }
    ReceiptJudgement judge(std::string const& text) { return must(judge_receipt(text, own_document(), clock.now)); }
};

/// Pointers to everything in a document that is no object and no array.
void collect_leaves(Json const& json, Json::json_pointer const& at, std::vector<Json::json_pointer>& leaves) {
    if (!json.is_structured()) return leaves.push_back(at);
    for (auto const& [name, value] : json.items())
        collect_leaves(value, json.is_object() ? at / name : at / std::stoul(name), leaves);
}

Json changed(Json const& leaf) {
    if (leaf.is_boolean()) return !leaf.get<bool>();
    if (leaf.is_number()) return leaf.get<int>() + 1;
    auto text = leaf.get<std::string>();
    if (text.empty()) return "x";
    text.back() = text.back() == 'A' ? 'B' : 'A';
    return text;
}

}  // namespace

TEST_CASE("a receipt states what was checked and verifies by the installation's own document") {
    ReceiptHouse house;
    auto const row = house.claimed();
    auto const report = house.report(house.text(row));

    auto const receipt = house.receipt(report);
    auto const judgement = house.judge(receipt);

    CHECK(judgement.verdict == Verdict::valid);
    CHECK(judgement.code == "genuine");
    CHECK(receipt.at("issuer") == "did:web:badges.example");
    CHECK(receipt.at("verdict") == "valid");
    CHECK(receipt.at("checkedAt") == house.clock.now.text());
    CHECK(receipt.at("checks").size() == report.checks.size());
    CHECK(receipt.at("credential") == Json{{"form", "json"}, {"sha256", crypto::sha256_hex(house.text(row))}});
    CHECK(receipt.at("proof").at("cryptosuite") == "eddsa-jcs-2022");
    bool has_list = false, has_did = false;
    for (auto const& document : receipt.at("documents")) {
        has_did = has_did || document.value("address", "") == house.addresses.issuer_did("nakhla");
        if (document.value("address", "") != house.addresses.status_list(row.status_list_id)) continue;
        has_list = true;
        auto const served = must(house.status.serve_either(row.status_list_id, *house.programme()));
        CHECK(document.at("sha256") == crypto::sha256_hex(served->text));
        CHECK_FALSE(document.at("version").get<std::string>().empty());
    }
    CHECK(has_list);
    CHECK(has_did);
}

TEST_CASE("a receipt holds no name, address or id of the person or the credential") {
    ReceiptHouse house;
    auto const row = house.claimed();
    auto const learner = read_starter("learners.json").at(0);
    auto const email = learner.at("email").get<std::string>();
    auto const badge = house.badge(row);
    auto const input = house.addresses.share(row.share_code) + "?token=secret-of-the-link";
    REQUIRE(house.text(row).find(learner.at("name").get<std::string>()) != std::string::npos);

    auto const text = house.receipt(house.report(input, email), email).dump();

    for (auto const& personal :
         {learner.at("name").get<std::string>(), email, row.id, row.share_code,
          badge.at("credentialSubject").at("id").get<std::string>(), std::string("secret-of-the-link"),
          std::to_string(row.status_position) + "\"", std::string("lrn-001")}) {
        CAPTURE(personal);
        CHECK(text.find(personal) == std::string::npos);
    }
    CHECK(text.find("\"recipient\"") != std::string::npos);
    CHECK(text.find("names the credential or its holder") != std::string::npos);
}

TEST_CASE("foreign addresses that name the person are cut to their origin, and queries go") {
    Report report;
    report.credential = Json{{"id", "https://there.example/a/Beth-42"}, {"recipient", {{"name", "Beth Miles"}}}};
    auto documents = std::make_shared<Documents>();
    (*documents)["https://there.example/a/beth-42"].body = "{}";
    (*documents)["https://there.example/keys/1?who=beth"].body = "{}";
    (*documents)["https://there.example/mail/beth@there.example"].failure = "time-out";
    report.documents = documents;

    auto const statement = receipt_statement(report, "beth@there.example", "did:web:badges.example");

    auto const& told = statement.at("documents");
    REQUIRE(told.size() == 3);
    CHECK(told.at(0).at("origin") == "https://there.example");
    CHECK(told.at(1).at("address") == "https://there.example/keys/1");
    CHECK(told.at(1).at("cut") == true);
    CHECK(told.at(2).at("reached") == false);
    CHECK_FALSE(told.at(2).contains("sha256"));
    CHECK(ascii_lower(statement.dump()).find("beth") == std::string::npos);
}

TEST_CASE("each member of a receipt is signed") {
    ReceiptHouse house;
    auto const receipt = house.receipt(house.report(house.text(house.claimed())));
    std::vector<Json::json_pointer> leaves;
    collect_leaves(receipt, Json::json_pointer(), leaves);
    REQUIRE(leaves.size() > 60);
    REQUIRE(house.judge(receipt).verdict == Verdict::valid);

    for (auto const& leaf : leaves) {
        CAPTURE(leaf.to_string());
        auto forged = receipt;
        forged[leaf] = changed(forged[leaf]);
        auto const alone = judge_receipt(forged.dump(), {}, house.clock.now);
        if (leaf.to_string() == "/type") {
            CHECK(alone.error().code == "no-receipt");
            continue;
        }
        CHECK(house.judge(forged).verdict == Verdict::invalid);
        CHECK(must(alone).verdict == Verdict::invalid);
    }
    for (auto const& [name, value] : receipt.items()) {
        CAPTURE(name);
        auto without = receipt;
        without.erase(name);
        auto const judgement = judge_receipt(without.dump(), house.own_document(), house.clock.now);
        if (judgement) CHECK(judgement->verdict == Verdict::invalid);
    }
    auto more = receipt;
    more["note"] = "added";
    CHECK(house.judge(more).verdict == Verdict::invalid);
}

TEST_CASE("no changed byte of a receipt's text leaves it genuine") {
    ReceiptHouse house;
    auto const receipt = house.receipt(house.report(house.text(house.claimed())));
    auto const text = receipt.dump();

    for (std::size_t i = 0; i < text.size(); i += 7) {
        auto forged = text;
        forged[i] = forged[i] == '1' ? '2' : '1';
        auto const judgement = judge_receipt(forged, house.own_document(), house.clock.now);
        CAPTURE(i);
        CHECK((!judgement || judgement->verdict == Verdict::invalid));
    }
}

TEST_CASE("without the issuer's document a receipt is intact and no more") {
    ReceiptHouse house;
    auto const receipt = house.receipt(house.report(house.text(house.claimed())));

    auto const alone = must(judge_receipt(receipt.dump(), {}, house.clock.now));
    Documents unreachable;
    unreachable["did:web:badges.example"].failure = "time-out";
    auto const failed = must(judge_receipt(receipt.dump(), unreachable, house.clock.now));

    CHECK(alone.verdict == Verdict::unchecked);
    CHECK(alone.code == "self-asserted");
    CHECK(failed.code == "self-asserted");
    CHECK(receipt_issuer(receipt.dump()) == "did:web:badges.example");
}

TEST_CASE("a receipt by anybody's key in the name of the installation is refused") {
    ReceiptHouse house;
    auto receipt = house.receipt(house.report(house.text(house.claimed())));
    crypto::LocalSigner const thief(crypto::PrivateKey::generate(crypto::KeyType::ed25519), "thief");
    receipt.erase("proof");
    receipt["verdict"] = "invalid";
    receipt["issuerKey"] = thief.public_key().multikey();
    auto const nakhla = house.database().read([&](storage::Session& session) {
        return must(house.keys.active(session, house.issuer("nakhla"), ProofForm::embedded));
    });
    auto const as = [&](Json document, std::string const& method, crypto::Signer const& signer) {
        crypto::ProofOptions options;
        options.cryptosuite = "eddsa-jcs-2022";
        options.verification_method = method;
        return must(crypto::add_proof(std::move(document), options, signer, linked_data_canonicalizer()));
    };
    auto const own_key = house.keys.list(IssuerKeys::installation_id).front().id;

    CHECK(house.judge(as(receipt, "did:web:badges.example#thief", thief)).code == "key-not-listed");
    CHECK(house.judge(as(receipt, "did:web:badges.example#" + own_key, thief)).code == "key-not-listed");
    auto const did_key = crypto::did_key(thief.public_key());
    CHECK(house.judge(as(receipt, did_key + "#" + did_key.substr(8), thief)).code == "changed");
    receipt["issuerKey"] = nakhla.signer->public_key().multikey();
    CHECK(house.judge(as(receipt, nakhla.method, *nakhla.signer)).verdict == Verdict::invalid);
}

TEST_CASE("a rotated key of the installation keeps its receipts and a revoked one does not") {
    ReceiptHouse house;
    auto const report = house.report(house.text(house.claimed()));
    auto const before = house.receipt(report);
    auto const first = house.keys.list(IssuerKeys::installation_id).front().id;

    must(house.keys.rotate_installation(Actor{}));
    auto const after = house.receipt(report);

    CHECK(after.at("issuerKey") != before.at("issuerKey"));
    CHECK(house.judge(before).verdict == Verdict::valid);
    CHECK(house.judge(after).verdict == Verdict::valid);

    must(house.keys.revoke(Actor{}, first));
    CHECK(house.judge(before).verdict == Verdict::invalid);
    CHECK(house.judge(before).code == "key-revoked");
    CHECK(house.judge(after).verdict == Verdict::valid);
}

TEST_CASE("a revoked key of the installation is replaced by hand only") {
    ReceiptHouse house;
    auto const report = house.report(house.text(house.claimed()));
    must(house.keys.revoke(Actor{}, house.keys.list(IssuerKeys::installation_id).front().id));

    house.keys.ensure_installation();
    auto const refused = house.database().read([&](storage::Session& session) {
        return issue_receipt(house.keys, session, report, std::nullopt, house.addresses.installation_did(),
                             house.clock.now);
    });

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "no-active-key");
    must(house.keys.rotate_installation(Actor{}));
    CHECK(house.judge(house.receipt(report)).verdict == Verdict::valid);
}

TEST_CASE("the installation's key signs no badge and no issuer's key signs receipts") {
    ReceiptHouse house;
    auto const key = house.database().read([&](storage::Session& s) { return must(house.keys.installation(s)); });
    auto const document = Json::parse(house.own_document().begin()->second.body);
    auto badge = house.badge(house.claimed());

    auto const forged =
        must(sign_document(ProofForm::embedded, {key.signer, key.key_id, key.kid, key.method}, badge, house.clock.now));

    CHECK(document.at("assertionMethod") == Json::array({key.method}));
    CHECK(house.check(forged).verdict == Verdict::invalid);
    for (auto const& issuer : house.programme()->issuers)
        for (auto const& row : house.keys.list(issuer.id))
            CHECK(document.dump().find(row.id) == std::string::npos);
}

TEST_CASE("the same documents at the same time give the same receipt again") {
    ReceiptHouse house;
    auto const row = house.claimed();
    auto const report = house.report(house.text(row));
    auto const pinned = receipt_statement(report, std::nullopt, "did:web:badges.example");
    REQUIRE(report.documents);
    must(house.claims.revoke(issuer_actor("nakhla"), row.id, "evidence-withdrawn", ""));

    Question question;
    question.input = house.text(row);
    question.own_base = house.addresses.base();
    question.keep_documents = true;
    for (auto const& issuer : house.programme()->issuers)
        question.trusted_issuers.push_back(house.addresses.issuer_did(issuer.slug));
    auto const replayed = must(verify(question, *report.documents, report.checked_at));

    REQUIRE(replayed.report);
    CHECK(receipt_statement(*replayed.report, std::nullopt, "did:web:badges.example") == pinned);
    CHECK(report_to_json(*replayed.report) == report_to_json(report));
    CHECK(house.check(house.text(row)).headline_code == "revoked");
}

TEST_CASE("a receipt from the future and what is no receipt are refused") {
    ReceiptHouse house;
    house.clock.now.milliseconds += one_day;
    auto const receipt = house.receipt(house.report(house.text(house.claimed())));
    house.clock.now.milliseconds -= one_day;

    CHECK(house.judge(receipt).code == "future");
    CHECK(judge_receipt("{}", {}, house.clock.now).error().code == "no-receipt");
    CHECK(judge_receipt("", {}, house.clock.now).error().code == "no-receipt");
    CHECK(judge_receipt(std::string(largest_receipt + 1, ' '), {}, house.clock.now).error().code == "input-too-large");
    CHECK(must(judge_receipt(R"({"type":"VerificationReceipt"})", {}, house.clock.now)).code == "shape");
    CHECK_FALSE(is_receipt("[\"VerificationReceipt\"]"));
}
