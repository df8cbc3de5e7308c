#include "schemas/published_contexts.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "context_files.embedded.hpp"

namespace itqan::schemas {
namespace {

struct ContextFile {
    std::string_view url, file;
};
constexpr ContextFile context_list[] = {
    {"https://www.w3.org/2018/credentials/v1", "credentials-v1.json"},
    {"https://www.w3.org/ns/credentials/v2", "credentials-v2.json"},
    {"https://www.w3.org/ns/credentials/undefined-terms/v2", "credentials-undefined-terms-v2.json"},
    {"https://www.w3.org/ns/credentials/examples/v2", "credentials-examples-v2.json"},
    {"https://w3id.org/security/data-integrity/v1", "data-integrity-v1.json"},
    {"https://w3id.org/security/data-integrity/v2", "data-integrity-v2.json"},
    {"https://w3id.org/security/multikey/v1", "multikey-v1.json"},
    {"https://w3id.org/security/suites/ed25519-2020/v1", "ed25519-2020-v1.json"},
    {"https://www.w3.org/ns/did/v1", "did-v1.json"},
    {"https://www.w3.org/ns/credentials/status/v1", "status-v1.json"},
    {"https://w3id.org/vc/status-list/2021/v1", "status-list-2021-v1.json"},
    {"https://w3id.org/citizenship/v4rc1", "citizenship-v4rc1.json"},
    {"https://purl.imsglobal.org/spec/ob/v3p0/context.json", "open-badges-3.0.json"},
    {"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json", "open-badges-3.0.1.json"},
    {"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", "open-badges-3.0.2.json"},
    {"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "open-badges-3.0.3.json"},
    {"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", "open-badges-extensions.json"},
    {"https://w3id.org/openbadges/v2", "open-badges-2.0.json"},
    {"https://purl.imsglobal.org/spec/clr/v2p0/context.json", "clr-2.0.json"},
    {"https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", "clr-2.0.1.json"},
};

DocumentTable read_contexts() {
    DocumentTable table;
    for (auto const& [url, file] : context_list) {
        auto document = parse_json(context_files(file));
        if (!document) throw std::logic_error("the compiled context " + std::string(file) + " is no JSON");
        table.add(std::string(url), std::move(*document));
    }
    return table;
}

}  // namespace

DocumentTable const& published_contexts() {
    static DocumentTable const table = read_contexts();
    return table;
}

}  // namespace itqan::schemas
