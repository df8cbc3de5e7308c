#include "sample_badge.hpp"

#include <cstdlib>
#include <fstream>

#include <nlohmann/json.hpp>

#include "schemas/open_badge.hpp"

namespace itqan::tests {
namespace {

constexpr std::string_view id = "7d8b4a4e-5f0e-4a53-9c35-0c8f2a2f7a10";

schemas::Alignment skill(std::string name, std::string code, std::string statement) {
    return {.target_name = std::move(name),
            .target_url = "https://badges.example/ims/case/v1p1/CFItems/" + code,
            .target_code = code,
            .target_description = std::move(statement),
            .target_type = "CFItem"};
}

schemas::ResultDescription rubric(schemas::Alignment const& alignment, bool arabic) {
    schemas::ResultDescription description;
    description.id = "urn:uuid:result-" + *alignment.target_code;
    description.name = alignment.target_name;
    description.result_type = "RubricCriterionLevel";
    description.alignment = {alignment};
    auto const level = [&](int n, std::string name, std::string text) {
        return schemas::RubricCriterionLevel{.id = "urn:uuid:level-" + std::to_string(n),
                                             .name = std::move(name),
                                             .level = std::to_string(n),
                                             .description = std::move(text)};
    };
    if (arabic)
        description.rubric_criterion_level = {level(1, "مبتدئ", "يعمل بإشراف مباشر"),
                                              level(2, "ممارس", "يعمل بإشراف قريب"),
                                              level(3, "متمكّن", "يعمل بإشراف غير مباشر")};
    else
        description.rubric_criterion_level = {level(1, "Novice", "works under direct supervision"),
                                              level(2, "Advanced beginner", "works with supervision at hand"),
                                              level(3, "Practitioner", "works with indirect supervision")};
    description.required_level = "urn:uuid:level-3";
    return description;
}

constexpr auto narrative_en = R"(All of:

- Digital Health Foundation (badge)
- Closed-Loop Medication Drill, score 80 or more
- Medication administration at level 3
- One of:
  - signed off by a mentor
  - entrusted by an assessor
)";
constexpr auto narrative_ar = R"(كل ما يلي:

- أساس الصحة الرقمية (شارة)
- تمرين حلقة الدواء المغلقة، بدرجة 80 فأكثر
- إعطاء الأدوية في المستوى 3
- واحد من:
  - إجازة من مرشد
  - ائتمان من مقيّم
)";

schemas::Credential badge(bool arabic) {
    schemas::Credential credential;
    credential.id = sample_addresses().credential(id);
    credential.issuer.id = sample_addresses().issuer_did("durrat");
    credential.issuer.name = arabic ? "أكاديمية درة للصحة الرقمية" : "Durrat Digital Health Academy";
    credential.issuer.url = sample_addresses().issuer("durrat");
    credential.valid_from = noon_of("2026-11-01");
    credential.awarded_date = noon_of("2026-11-01");
    credential.valid_until = Instant::end_of(*Day::parse("2027-08-11"));
    auto& subject = credential.subject;
    subject.id = "urn:uuid:0b1a2c3d-0000-4000-8000-000000000001";
    subject.identifier = {
        {.identity_hash = arabic ? "جاسم اللولو" : "Jassim Al Lulu", .identity_type = "name", .hashed = false}};
    auto& achievement = subject.achievement;
    achievement.id = sample_addresses().achievement("11111111-1111-5111-8111-111111111111");
    achievement.name = arabic ? "مشغّل منظومة الدواء المغلقة" : "Closed-Loop Medication Operator";
    achievement.description = arabic ? "يدير منظومة الدواء المغلقة من الوصفة إلى السرير بأمان وبإشراف غير مباشر."
                                     : "Runs the closed medication loop safely from prescription to bedside, with "
                                       "indirect supervision.";
    achievement.criteria = {achievement.id, arabic ? narrative_ar : narrative_en};
    achievement.achievement_type = "Certificate";
    achievement.in_language = arabic ? "ar" : "en";
    achievement.version = "1";
    achievement.alignment = {
        skill(arabic ? "إعطاء الأدوية بالرمز الشريطي" : "Barcode medication administration", "DH4.2",
              arabic ? "يعطي الأدوية بمطابقة الرمز الشريطي." : "Gives medicines by matching barcodes at the bedside."),
        skill(arabic ? "التحقق في الحلقة المغلقة" : "Closed-loop verification", "DH4.3",
              arabic ? "يتحقق من الحلقة المغلقة." : "Verifies that the loop is closed for every dose.")};
    for (auto const& alignment : achievement.alignment) {
        achievement.result_description.push_back(rubric(alignment, arabic));
        subject.result.push_back(
            {.result_description = achievement.result_description.back().id, .achieved_level = "urn:uuid:level-3"});
    }
    credential.evidence = {
        {.name = arabic ? "تمرين حلقة الدواء المغلقة" : "Closed-Loop Medication Drill",
         .narrative = arabic ? "معهد مرجان للمحاكاة، أبريل 2026" : "Murjan Simulation Institute, April 2026"},
        {.name = arabic ? "إجازة من مرشد" : "Sign-off by a mentor",
         .narrative = arabic ? "مستشفى درة، أكتوبر 2026" : "Durrat Hospital, October 2026"}};
    return credential;
}

}  // namespace

Instant noon_of(std::string_view day) {
    return Instant{Instant::start_of(*Day::parse(day)).milliseconds + 12 * 3'600'000};
}

domain::Addresses const& sample_addresses() {
    static domain::Addresses const addresses("https://badges.example");
    return addresses;
}

domain::CredentialView sample_credential(std::string const& language) {
    domain::CredentialView view;
    view.row.id = std::string(id);
    view.row.issuer_id = "durrat";
    view.row.learner_id = "lrn-003";
    view.row.achievement_id = "ach-05";
    view.row.status = "active";
    view.row.claim_state = "claimed";
    view.row.visibility = "link";
    view.row.show_name = true;
    view.row.language = language;
    view.row.share_code = "k3v9q2x7m4t8w6";
    view.row.awarded_at = noon_of("2026-11-01");
    view.row.valid_until = Day::parse("2027-08-11");
    view.row.limited_by = "evidence";
    view.row.details = R"({"limitedBy":{"en":"Tabletop exercise <two>","ar":"تمرين محاكاة"}})";
    view.credential = schemas::to_json(badge(language == "ar"));
    view.form = domain::ProofForm::jwt;
    view.document = "eyJhbGciOiJFUzI1NiJ9." + base64url_encode(as_bytes(view.credential.dump())) + ".c2lnbmF0dXJl";
    view.url = sample_addresses().credential(id);
    view.share_url = sample_addresses().share(view.row.share_code);
    return view;
}

domain::Programme sample_programme() {
    domain::Programme programme;
    programme.name = {"Gulf Digital Health Skills", "مهارات الصحة الرقمية في الخليج"};
    domain::Issuer issuer;
    issuer.id = issuer.slug = "durrat";
    issuer.name = {"Durrat Digital Health Academy", "أكاديمية درة للصحة الرقمية"};
    programme.issuers.push_back(issuer);
    domain::Achievement achievement;
    achievement.id = "ach-05";
    achievement.issuer_id = "durrat";
    achievement.status = "published";
    achievement.name = {"Closed-Loop Medication Operator", "مشغّل منظومة الدواء المغلقة"};
    achievement.description = {"Runs the closed medication loop safely.", "يدير منظومة الدواء المغلقة بأمان."};
    programme.achievements.push_back(achievement);
    programme.index();
    return programme;
}

domain::Report sample_report(domain::CredentialView const& credential) {
    using domain::CheckOutcome;
    domain::Report report;
    report.verdict = domain::Verdict::valid;
    report.headline = "Genuine and in force";
    report.headline_code = "valid";
    report.checked_at = noon_of("2026-11-24");
    report.kind = "OpenBadgeCredential 3.0 (VCDM 2.0, VC-JWT ES256)";
    report.credential = {{"id", credential.url},
                         {"name", "Closed-Loop Medication Operator"},
                         {"issuer", {{"id", "did:web:badges.example:issuers:durrat"}, {"name", "Durrat Academy"}}},
                         {"recipient", {{"name", "Jassim Al Lulu"}}},
                         {"achievement",
                          {{"name", "Closed-Loop Medication Operator"},
                           {"description", "Runs the closed medication loop safely."},
                           {"inLanguage", "en"}}},
                         {"validFrom", "2026-11-01T12:00:00Z"},
                         {"validUntil", "2027-08-11T23:59:59Z"}};
    report.document = credential.document;
    auto const check = [&](std::string name, CheckOutcome outcome, std::string detail) {
        domain::Check made;
        made.id = std::move(name);
        made.outcome = outcome;
        made.detail = std::move(detail);
        report.checks.push_back(std::move(made));
    };
    check("format", CheckOutcome::pass, "Open Badges 3.0, signed as a JWT");
    check("schema", CheckOutcome::pass, "");
    check("contexts", CheckOutcome::pass, "");
    check("proof", CheckOutcome::pass, "ES256 with the key that badges.example publishes");
    check("issuer-binding", CheckOutcome::pass, "did:web:badges.example:issuers:durrat lists it for making statements");
    check("validity", CheckOutcome::pass, "from 1 November 2026 to 11 August 2027");
    check("status", CheckOutcome::pass, "status list of badges.example");
    check("refresh", CheckOutcome::absent, "");
    check("issuer-trust", CheckOutcome::absent, "");
    check("endorsements", CheckOutcome::absent, "");
    return report;
}

web::Locales const& locales() {
    static web::Locales const both;
    return both;
}

web::Templates const& templates() {
    static web::Templates const all(locales());
    return all;
}

std::string html_of(web::Page const& page, std::string const& language) {
    web::Visitor visitor;
    visitor.locale = &locales().in(language);
    visitor.target = "/here";
    return web::laid_out(templates(), locales(), visitor, page, {.place = sample_programme().name.in(language)});
}

void keep_for_eyes(std::string const& name, std::string const& html) {
    if (auto const* const folder = std::getenv("ITQAN_PAGES"))
        std::ofstream(std::string(folder) + "/" + name + ".html", std::ios::binary) << html;
}

}  // namespace itqan::tests
