#include "tests/service/api/api_house.hpp"

namespace itqan::tests {
http::Request ApiHouse::request(std::string const& method, std::string const& address, std::string const& token,
                                std::string const& body, std::map<std::string, std::string> headers) {
    http::Request request;
    request.method = method;
    auto const mark = address.find('?');
    request.path = address.substr(0, mark);
    if (mark != std::string::npos) request.query = address.substr(mark + 1);
    request.client = "192.0.2.1";
    request.body = body;
    request.headers.add("host", "badges.example");
    if (!token.empty()) request.headers.add("authorization", "Bearer " + token);
    if (!body.empty() && !headers.contains("content-type")) headers["content-type"] = "application/json";
    for (auto const& [name, value] : headers)
        request.headers.add(name, value);
    return request;
}

Answered ApiHouse::send(std::string const& method, std::string const& address, std::string const& token,
                        std::string const& body, std::map<std::string, std::string> headers) {
    auto const response = router_.handle(request(method, address, token, body, std::move(headers)));
    Answered answered;
    answered.status = response.status;
    for (auto const& [name, value] : response.headers.all)
        answered.headers[name] = value;
    answered.text = response.body;
    answered.body = Json::parse(response.body, nullptr, false);
    if (answered.body.is_discarded()) answered.body = nullptr;
    return answered;
}

std::string ApiHouse::token(Role role, std::string const& body, std::string const& scope) {
    auth::NewToken wanted;
    wanted.role = role;
    wanted.scope = scope;
    if (role == Role::issuer) wanted.issuer_id = body;
    if (role == Role::provider) wanted.provider_id = body;
    if (role == Role::lead) wanted.organisation_id = body;
    if (role == Role::learner || role == Role::mentor) wanted.learner_id = body;
    wanted.expires_at = Instant{house.clock.now.milliseconds + 3'600'000};
    return house.database()
        .write([&](storage::Session& s) { return auth::create_token(s, wanted, Actor{}, house.clock.now); })
        .secret;
}

void ApiHouse::load_evidence_of(std::string const& learner_id) {
    auto const admin = token(Role::admin);
    auto const load = [&](std::string const& file, std::string const& address) {
        for (auto const& element : read_starter(file)) {
            if (element.at("learnerId") != learner_id) continue;
            if (auto const answer = post(address, admin, element); answer.status != 201)
                throw std::runtime_error("evidence of the starter is refused: " + answer.text);
        }
    };
    load("signoffs.json", "/api/v1/signoffs");
    load("entrustments.json", "/api/v1/entrustments");
    load("experience.json", "/api/v1/experience");
    load("practice.json", "/api/v1/practice");
    load("self-assessments.json", "/api/v1/self-assessments");
    for (auto element : read_starter("completions.json")) {
        if (element.at("learnerId") != learner_id || element.at("status") == "rejected") continue;
        auto const provider = token(Role::provider, element.at("providerId"), "history");
        element["externalId"] = element.at("id");
        for (auto const* const member : {"id", "providerId", "idempotencyKey"})
            element.erase(member);
        if (auto const answer = post("/api/v1/completions", provider, element); answer.status != 201)
            throw std::runtime_error("a completion of the starter is refused: " + answer.text);
    }
}

std::map<std::string, std::int64_t> ApiHouse::row_counts() {
    std::map<std::string, std::int64_t> counts;
    for (auto const* const table :
         {"evidence", "answer", "credential", "credential_document", "status_bit", "outbox", "event", "learner",
          "subject", "note", "programme_item", "achievement", "api_token", "issuer_key"}) {
        counts[table] = number(house.database(), "SELECT count(*) FROM " + std::string(table));
    }
    return counts;
}

}  // namespace itqan::tests
