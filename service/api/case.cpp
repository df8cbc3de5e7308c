#include "service/api/context.hpp"
#include "service/api/endpoint.hpp"

namespace itqan::api {
namespace {

Reply serve(Call const& call, std::string const& path) {
    auto const index =
        call.services.database.read([&](storage::Session& s) { return call.context.case_documents.current(s); });
    auto const found = index->find(path);
    if (found == index->end()) return not_found("CASE document");
    return json_text_reply(200, found->second);
}

Endpoint one_of(std::string const& collection, std::string summary) {
    return {.path = "/ims/case/v1p1/" + collection + "/{id}",
            .tag = "case",
            .summary = std::move(summary),
            .answer = "CaseDocument",
            .handle = [collection](Call const& call) { return serve(call, collection + "/" + call.path("id")); }};
}

}  // namespace

std::vector<Endpoint> case_endpoints() {
    return {
        {.path = "/ims/case/v1p1/CFDocuments",
         .tag = "case",
         .summary = "The competency frameworks (CASE 1.1)",
         .answer = "CaseDocument",
         .handle = [](Call const& call) { return serve(call, "CFDocuments"); }},
        one_of("CFDocuments", "One framework's document"),
        one_of("CFPackages", "One framework whole"),
        one_of("CFItems", "One competency or domain"),
        one_of("CFRubrics", "One rubric with its levels"),
        one_of("CFAssociations", "One association"),
    };
}

}  // namespace itqan::api
