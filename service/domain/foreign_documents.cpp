#include "service/domain/foreign_documents.hpp"

#include "schemas/identifier.hpp"

namespace itqan::domain {
namespace {

constexpr int most_rounds = 6;
constexpr std::size_t most_foreign = 32;

Document failed(std::string why) {
    Document document;
    document.failure = std::move(why);
    return document;
}

Document of_fetched(Fetched const& fetched) {
    Document document;
    document.body = fetched.body;
    document.media_type = fetched.media_type;
    document.failure = fetched.failure;
    document.gone = fetched.gone;
    document.landed = fetched.landed;
    document.fetched_at = fetched.at;
    document.exceptions = fetched.exceptions;
    document.reading = std::static_pointer_cast<DocumentReading>(fetched.reading);
    return document;
}

Error not_reached(std::string why) {
    return {Fault::unprocessable, "not-reached", std::move(why), {}};
}

}  // namespace

std::optional<Document> foreign_document(std::string const& address, Verification const& needed_by,
                                         FetchedDocuments const* fetched, DocumentNeeds& missing) {
    if (fetched == nullptr) return failed("there is no way out to other hosts from here");
    if (auto const found = fetched->by_address.find(address); found != fetched->by_address.end())
        return of_fetched(found->second);
    if (fetched->rounds >= most_rounds) return failed(address + ": not asked: it takes more than 6 steps to get there");
    if (fetched->by_address.size() + missing.addresses.size() >= most_foreign)
        return failed(address + ": not asked: more than 32 addresses are named");
    missing.addresses.push_back(address);
    if (needed_by.may_move.contains(address)) missing.may_move.insert(address);
    if (needed_by.personal.contains(address)) missing.personal.insert(address);
    return std::nullopt;
}

Result<bool> follow_link(Question& question, FetchedDocuments const& fetched) {
    auto const found = fetched.by_address.find(question.input);
    if (found == fetched.by_address.end()) return false;
    if (!found->second.failure.empty()) return not_reached(found->second.failure);
    question.exceptions = found->second.exceptions;
    question.input = without_blanks_around(found->second.body);
    return true;
}

Result<AskedReport> verify_foreign(Question question, Instant now, FetchedDocuments const* fetched) {
    question.input = without_blanks_around(std::move(question.input));
    if (schemas::is_https_url(question.input)) {
        if (fetched == nullptr)
            return not_reached(question.input.substr(0, question.input.find_first_of("?#")) +
                               ": not asked: there is no way out to other hosts from here");
        auto const is_there = follow_link(question, *fetched);
        if (!is_there) return is_there.error();
        if (!*is_there) return AskedReport{{}, {{question.input}, true}};
    }
    auto inquiry = Inquiry::open(std::move(question));
    if (!inquiry) return inquiry.error();
    Documents documents;
    AskedReport asked;
    while (true) {
        auto verification = inquiry->judge(documents, now);
        asked.report = std::move(verification.report);
        if (asked.report) return asked;
        for (auto const& address : verification.needs)
            if (auto document = foreign_document(address, verification, fetched, asked.needs))
                documents.insert_or_assign(address, std::move(*document));
        if (!asked.needs.addresses.empty()) return asked;
    }
}

}  // namespace itqan::domain
