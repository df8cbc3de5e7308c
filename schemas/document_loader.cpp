#include "schemas/document_loader.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace itqan::schemas {

void DocumentTable::add(std::string url, Json document) {
    auto const [position, inserted] =
        documents_.try_emplace(std::move(url), std::make_shared<Json const>(std::move(document)));
    if (!inserted) throw std::logic_error("two documents for " + position->first);
}

std::shared_ptr<Json const> DocumentTable::find(std::string_view url) const {
    auto const found = documents_.find(url);
    return found == documents_.end() ? nullptr : found->second;
}

}  // namespace itqan::schemas
