#pragma once
// The public addresses and identifiers of this installation, all made from its configured base address (never from a
// request). They are signed into credentials and stay stable for ever.

#include <string>
#include <string_view>

namespace itqan::domain {

class Addresses {
  public:
    /// `base_url` is "https://HOST[:PORT]" without a trailing slash.
    explicit Addresses(std::string base_url);

    std::string const& base() const { return base_; }
    std::string const& host() const { return host_; }  ///< "localhost:8443".

    std::string installation_did() const;                 ///< did:web:HOST
    std::string issuer_did(std::string_view slug) const;  ///< did:web:HOST:issuers:SLUG, a port as %3A
    std::string issuer(std::string_view slug) const;      ///< https://HOST/issuers/SLUG
    std::string key(std::string_view slug, std::string_view key_id) const;
    std::string achievement(std::string_view uuid) const;
    std::string credential(std::string_view uuid) const;
    std::string share(std::string_view code) const;  ///< https://HOST/c/CODE
    std::string claim(std::string_view token) const;
    std::string sign_in(std::string_view token) const;  ///< https://HOST/my/link/TOKEN
    std::string status_list(std::string_view id) const;
    std::string privacy() const;

    /// The public id of an achievement: version 5 of (issuer DID, code, version, language) (decision 4).
    std::string achievement_uuid(std::string_view issuer_slug, std::string_view code, int version,
                                 std::string_view language) const;

    /// The path and query of `url` below this installation ("/credentials/..."; "/" without one), or "" when it
    /// is not ours, in whatever way its host and port are spelled.
    std::string path_of(std::string_view url) const;

  private:
    std::string base_, host_;
};

}  // namespace itqan::domain
