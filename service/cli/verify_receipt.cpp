#include "service/cli/verify_receipt.hpp"

#include <nlohmann/json.hpp>

namespace itqan::cli {
namespace {

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size() + 1), ' ');
    return text;
}

/// Control characters of a forged receipt stay out of the terminal.
std::string shown(Json const& object, char const* name) {
    auto text = text_member(object, name);
    for (auto& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return text;
}

std::string documents_in_words(Json const& receipt) {
    std::string text;
    for (auto const& document : receipt.at("documents")) {
        auto const address = shown(document, "address");
        text += "    " + (address.empty() ? shown(document, "origin") + " (address withheld)" : address);
        text += ", " + shown(document, "fetchedAt");
        if (auto const hash = shown(document, "sha256"); !hash.empty())
            text += ", sha256 " + hash;
        else
            text += ", not reached";
        if (auto const version = shown(document, "version"); !version.empty()) text += ", of " + version;
        text += "\n";
    }
    return text;
}

std::string in_words(domain::ReceiptJudgement const& judgement) {
    auto text = std::string(domain::verdict_name(judgement.verdict)) + ": " + judgement.detail + "\n";
    if (judgement.verdict == domain::Verdict::invalid) return text;
    auto const& receipt = judgement.receipt;
    text += "It is a statement of the past and says nothing about today. It attests:\n";
    text += "  " + shown(receipt, "issuer") + " found on " + shown(receipt, "checkedAt") + " with " +
            shown(receipt, "software") + ": " + shown(receipt, "verdict") + " (" + shown(receipt, "headlineCode") +
            ")\n";
    text += "  credential " + shown(receipt.at("credential"), "form") + ", sha256 " +
            shown(receipt.at("credential"), "sha256") + "\n";
    for (auto const& check : receipt.at("checks"))
        text +=
            "    " + padded(shown(check, "outcome"), 11) + padded(shown(check, "id"), 18) + shown(check, "code") + "\n";
    return text + "  judged from\n" + documents_in_words(receipt);
}

}  // namespace

int verify_receipt(Common const& common, std::string const& text, FindDidDocument const& find, Json const& extra) {
    domain::Documents documents;
    if (auto const issuer = domain::receipt_issuer(text); !issuer.empty()) documents[issuer] = find(issuer);
    auto const judgement = domain::judge_receipt(text, documents, SystemClock().wall());
    if (!judgement) {
        fail(common, judgement.error());
        return exit_code::usage;
    }
    Json json{{"receipt", domain::receipt_judgement_json(*judgement)}};
    json.update(extra);
    answer(common, json, in_words(*judgement));
    if (judgement->verdict == domain::Verdict::valid) return exit_code::done;
    return judgement->verdict == domain::Verdict::invalid ? exit_code::failed : exit_code::unchecked;
}

}  // namespace itqan::cli
