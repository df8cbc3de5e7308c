#include "service/api/case_documents.hpp"

#include <array>

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"
#include "storage/catalog.hpp"

namespace itqan::api {
namespace {

constexpr std::array parts{"CFItems", "CFAssociations", "CFRubrics"};

void add_package(CaseDocuments::Index& index, Json& documents, std::string const& body) {
    auto const package = Json::parse(body);
    auto const document = package.find("CFDocument");
    if (document == package.end()) return;
    auto const id = document->value("identifier", "");
    documents.push_back(*document);
    index["CFDocuments/" + id] = document->dump();
    index["CFPackages/" + id] = body;
    for (auto const* const part : parts) {
        auto const found = package.find(part);
        if (found == package.end()) continue;
        for (auto const& element : *found)
            index[std::string(part) + "/" + element.value("identifier", "")] = element.dump();
    }
}

std::shared_ptr<CaseDocuments::Index const> build(storage::Session& session) {
    auto index = std::make_shared<CaseDocuments::Index>();
    Json documents = Json::array();
    storage::each_programme_item(
        session, "framework", [&](storage::ProgrammeItem const& item) { add_package(*index, documents, item.body); });
    (*index)["CFDocuments"] = Json{{"CFDocuments", std::move(documents)}}.dump();
    return index;
}

}  // namespace

std::shared_ptr<CaseDocuments::Index const> CaseDocuments::current(storage::Session& session) {
    auto const change = storage::change_count(session, "programme");
    std::lock_guard const lock(mutex_);
    if (!index_ || change_ != change) {
        index_ = build(session);
        change_ = change;
    }
    return index_;
}

}  // namespace itqan::api
