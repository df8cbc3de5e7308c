#pragma once
// The API as data: each endpoint states its address, who may call it, what it takes and answers, and the function
// behind it. The route table and /openapi.json are both made from it, so neither can lack what the other has.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "service/api/call.hpp"

namespace itqan::api {

enum class Verb { get, post, put };

/// What a request carries (decision 23 gives the limits).
/// `list` is a batch that may also come as CSV.
enum class Payload { none, optional_command, command, batch, list, credential, case_package, upload, signed_document };

struct Parameter {
    std::string name, description;
};

struct Endpoint {
    Verb verb = Verb::get;
    std::string path = {};         ///< "/api/v1/completions/{id}".
    std::string tag = {};          ///< Groups endpoints in the documentation.
    std::string summary = {};      ///< One line.
    std::string description = {};  ///< What is worth knowing; may be empty.
    std::vector<Role> roles = {};  ///< Who may call; empty: anyone, without a token.
    Payload payload = Payload::none;
    std::string request = {};  ///< Component schema of the body; "" without one.
    int status = 200;          ///< Of success.
    std::string answer = {};   ///< Component schema of the answer; "" for any JSON.
    std::vector<Parameter> query = {};
    bool keyed = false;  ///< Takes Idempotency-Key.
    /// Exists only where the configuration turns the VC-API on, and takes no token where that is open to strangers.
    bool is_vc_api = false;
    std::function<Reply(Call const&)> handle = {};
};

std::vector<Endpoint> completion_endpoints();
std::vector<Endpoint> evidence_endpoints();
std::vector<Endpoint> learner_endpoints();
std::vector<Endpoint> credential_endpoints();
std::vector<Endpoint> verify_endpoints();
std::vector<Endpoint> verify_batch_endpoints();
std::vector<Endpoint> vc_api_endpoints();
std::vector<Endpoint> programme_endpoints();
std::vector<Endpoint> key_endpoints();
std::vector<Endpoint> token_endpoints();
std::vector<Endpoint> audit_endpoints();
std::vector<Endpoint> case_endpoints();

/// All of them, in the order of the documentation.
std::vector<Endpoint> const& endpoints();

}  // namespace itqan::api
