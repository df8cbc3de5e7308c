#pragma once
// What was read of a document that badges are judged by: parsed, decoded, its own signature checked. All of it follows
// from the text alone, so whoever keeps documents keeps it with them, and the next verification starts from there.
// Whose keys count and what time it is are asked anew each time.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "crypto/did.hpp"
#include "crypto/status_list.hpp"
#include "crypto/vc_jwt.hpp"
#include "schemas/status_list_credential.hpp"

namespace itqan::domain {

/// A DID or controller document with the keys that may sign for its controller at some moment.
struct KeyDocument {
    Json json = {};
    crypto::AssertionKeys keys = {};
    /// By the `kid` of its JWK, also those that may no longer sign.
    std::map<std::string, crypto::PublicKey, std::less<>> by_kid = {};
};

/// A status list credential: a token, or a document with proofs in it.
struct StatusDocument {
    std::optional<crypto::VcJwt> token = {};  ///< With an empty payload and credential: `credential` has it.
    bool contradicts = false;                 ///< The token's claims say something else than the credential.
    Json credential = {};
    Result<schemas::StatusListFields> fields;  ///< Without the packed bits.
    Result<crypto::StatusList> bits;           ///< Of good fields only.

    bool is_linked() const { return !token; }
};

/// Safe for many threads. One reading belongs to one text.
class DocumentReading {
  public:
    /// The keys as of `now`, for assertion or another relationship. Errors: those of parse_json and
    /// read_assertion_keys.
    Result<std::shared_ptr<KeyDocument const>> keys(std::string const& body, std::string const& controller, Instant now,
                                                    std::string_view relationship = "assertionMethod");

    /// Null when the text is neither a JSON object nor a token.
    std::shared_ptr<StatusDocument const> status(std::string const& body);

    /// Whether all signatures of the status list are good, by keys that `listed` holds. A good answer is kept with
    /// the keys it rests on, which are looked for in `listed` each time, a bad one with all of `listed`.
    bool is_proven(StatusDocument const& list, crypto::AssertionKeys const& listed, Instant now);

    /// A registry or revocation list; null when the text is no JSON object of at most 2 MiB.
    std::shared_ptr<Json const> object(std::string const& body);

    /// Unpacked lists that are larger are unpacked anew for each question.
    static constexpr std::size_t largest_kept_list = 64 * 1024;

  private:
    struct Keys {
        std::string controller, relationship;
        std::int64_t from = 0, until = 0;  ///< Milliseconds between which no key starts or stops to count.
        std::shared_ptr<KeyDocument const> document;
    };
    struct Proven {
        std::vector<crypto::AssertionKey> by;  ///< Tokens name no method.
        std::optional<Instant> until;          ///< A proof's own end.
    };
    static std::optional<Proven> prove(StatusDocument const& list, crypto::AssertionKeys const& listed, Instant now);

    std::mutex mutex_;
    std::optional<Keys> keys_;
    bool is_status_read_ = false;
    std::shared_ptr<StatusDocument const> status_;
    std::optional<Proven> proven_;
    std::optional<std::vector<crypto::AssertionKey>> unproven_by_;  ///< The keys under which it is not proven.
    bool is_object_read_ = false;
    std::shared_ptr<Json const> object_;
};

/// The signatures of a document with embedded proofs, each good and by a method of `listed`; none when one is not.
struct GoodProofs {
    std::vector<crypto::AssertionKey> by = {};
    std::optional<Instant> until = {};
};
std::optional<GoodProofs> good_proofs(Json const& document, crypto::AssertionKeys const& listed, Instant now);

}  // namespace itqan::domain
