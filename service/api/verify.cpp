#include "schemas/text.hpp"
#include "service/api/endpoint.hpp"
#include "service/domain/body_reader.hpp"
#include "service/domain/levels_today.hpp"
#include "service/domain/receipts.hpp"
#include "service/domain/role_fit.hpp"
#include "service/domain/verification.hpp"

namespace itqan::api {
namespace {

struct Asked {
    std::string input;
    std::optional<std::string> recipient;
    std::optional<std::string> role_id;  ///< Of the programme, to say how the badge fits it.
    bool receipt = false;
    bool levels_today = false;
};

Result<Asked> read_json_question(Call const& call) {
    domain::BodyReader reader(call.body);
    Asked asked;
    asked.input = reader.required_document("input");
    asked.recipient = reader.text("recipient", 320);
    asked.role_id = reader.text("roleId");
    asked.receipt = reader.boolean("receipt").value_or(false);
    asked.levels_today = reader.boolean("levelsToday").value_or(false);
    if (auto const shape = reader.finish(); !shape) return shape.error();
    return asked;
}

Result<Asked> read_form_question(Call const& call) {
    auto const parts = http::read_multipart(call.request);
    if (!parts) return parts.error();
    Asked asked;
    bool has_file = false;
    for (auto const& part : *parts) {
        if (part.name == "file") {
            asked.input = part.body;
            has_file = true;
        } else if (part.name == "recipient") {
            if (!part.body.empty()) asked.recipient = part.body;
        } else if (part.name == "roleId") {
            if (!part.body.empty()) asked.role_id = part.body;
        } else if (part.name == "receipt" || part.name == "levelsToday") {
            if (part.body != "true" && part.body != "false")
                return Error{Fault::malformed,
                             "invalid-body",
                             "The form asks unclearly.",
                             {{"/" + part.name, "must be true or false"}}};
            (part.name == "receipt" ? asked.receipt : asked.levels_today) = part.body == "true";
        } else {
            return Error{Fault::malformed,
                         "invalid-body",
                         "The form holds an unknown field.",
                         {{"/" + part.name, "is not a field of this form"}}};
        }
    }
    if (!has_file)
        return Error{Fault::malformed, "invalid-body", "The form lacks its file.", {{"/file", "is required"}}};
    return asked;
}

/// A role of the programme, which keeps it; null where none was asked for.
struct AskedRole {
    std::shared_ptr<domain::Programme const> programme;
    domain::Role const* role = nullptr;
};

/// Named by the body or by ?roleId=. Errors: malformed "invalid-parameter" when they name different ones, unprocessable
/// "unknown-role".
Result<AskedRole> asked_role(Call const& call, Asked const& asked) {
    auto const queried = call.query("roleId");
    if (queried && asked.role_id && *queried != *asked.role_id)
        return invalid_parameter("roleId", "names another role than the body: give it once");
    AskedRole found;
    if (!queried && !asked.role_id) return found;
    found.programme = call.services.database.read(
        [&](storage::Session& session) { return call.services.programmes.current(session); });
    found.role = found.programme->role(asked.role_id ? *asked.role_id : *queried);
    if (found.role != nullptr) return found;
    Error unknown{Fault::unprocessable,
                  "unknown-role",
                  "There is no such role in this programme: \"roleId\" must be the id of one of its roles.",
                  {}};
    if (asked.role_id) unknown.violations.push_back({"/roleId", "must be the id of a role"});
    return unknown;
}

/// The report and, where it was asked for, the installation's signature under what it found.
Result<Json> told(Call const& call, domain::Report const& report, Asked const& asked) {
    auto json = domain::report_to_json(report);
    if (!asked.receipt) return json;
    auto& services = call.services;
    auto receipt = services.database.read([&](storage::Session& session) {
        return domain::issue_receipt(services.keys, session, report, asked.recipient,
                                     services.addresses.installation_did(), call.now);
    });
    if (!receipt) return receipt.error();
    json["receipt"] = std::move(*receipt);
    return json;
}

/// A form, JSON, or a picture or PDF as the body itself.
Result<Asked> read_question(Call const& call) {
    if (!call.body.is_null()) return read_json_question(call);
    auto const type = call.request.header("content-type");
    if (equal_ignoring_case(type.substr(0, 10), "multipart/")) return read_form_question(call);
    Asked asked;
    asked.input = call.request.body;
    return asked;
}

Reply verify(Call const& call) {
    auto asked = read_question(call);
    if (!asked) return asked.error();
    auto const asked_for = asked_role(call, *asked);
    if (!asked_for) return asked_for.error();
    auto const answer = call.services.documents.verify(std::move(asked->input), asked->recipient, call.now,
                                                       call.request.fetched.get(), asked->receipt);
    if (!answer) return answer.error();
    if (!answer->report) return http::awaiting(answer->needs);
    auto json = told(call, *answer->report, *asked);
    if (!json) return json.error();
    if (auto const& [programme, role] = *asked_for; role != nullptr)
        (*json)["roleFit"] = domain::role_answer_json(*programme, *answer->report, *role);
    if (asked->levels_today)
        (*json)["levelsToday"] = domain::levels_today_to_json(domain::levels_today(call.services, *answer->report));
    return json_text_reply(200, canonical_json(*json));
}

}  // namespace

std::vector<Endpoint> verify_endpoints() {
    return {{.verb = Verb::post,
             .path = "/api/v1/verify",
             .tag = "verify",
             .summary = "Verify a credential",
             .description = "No token needed. Input that is no credential at all is 422 no-credential. A picture "
                            "(PNG, JPEG, SVG) or a PDF may also be the body itself. A photograph without credential "
                            "is read for the code of a badge's link: 422 no-code, many-codes, no-link or "
                            "picture-unreadable say why that did not help. Nothing of it is stored. A burst of 60, "
                            "then 120 a minute for one client address.",
             .payload = Payload::upload,
             .request = "VerifyRequest",
             .answer = "Report",
             .query = {{"roleId", "a role of the programme: the report says how the badge fits it"}},
             .handle = verify}};
}

}  // namespace itqan::api
