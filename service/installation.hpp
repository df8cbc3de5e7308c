#pragma once
// One data folder opened: database, keys and the domain over them, wired once. The server and every command use it; it
// listens to nobody and sends nothing.

#include <memory>

#include "schemas/result.hpp"
#include "service/config.hpp"
#include "service/domain/services.hpp"

namespace itqan::service {

class Installation {
  public:
    /// Opens (and makes) the folder's database and key-encryption key and applies missing migrations.
    /// `domain_offset_milliseconds` moves the programme's clock. Errors: unprocessable "data-mode" when others may read
    /// the folder, those of KeyEncryptionKey::load_or_create, unavailable "database".
    static Result<std::unique_ptr<Installation>> open(Config const& config,
                                                      std::int64_t domain_offset_milliseconds = 0);
    ~Installation();
    Installation(Installation const&) = delete;
    Installation& operator=(Installation const&) = delete;

    domain::Services& services();
    Config const& config() const;

    /// What the server shows from now on (a demo makes its certificate after the folder).
    void use_certificate(std::filesystem::path const& certificate, std::filesystem::path const& key);

    /// Every issuer of the programme and the installation itself get a signing key if they have none.
    void ensure_keys();

  private:
    struct Parts;
    explicit Installation(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace itqan::service
