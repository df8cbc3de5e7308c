#pragma once
// The domain over a real database that holds the demo's programme and learners, and a clock that stands still.

#include <nlohmann/json.hpp>

#include "crypto/keystore.hpp"
#include "service/domain/import.hpp"
#include "service/domain/services.hpp"
#include "tests/storage/temporary_database.hpp"
#include "tests/support/shared.hpp"

namespace itqan::tests {

class StandingClock final : public Clock {
  public:
    Instant wall() const override { return now; }
    Instant domain() const override { return now; }

    Instant now = *Instant::parse("2026-11-01T12:00:00Z");
};

/// A file of the demo programme; "expected/..." is with the published corpora.
Json read_starter(std::string const& name);

struct StarterHouse {
    enum class Completions { included, left_out };

    /// Imports the programme and its people, no evidence, and gives every issuer a key.
    StarterHouse();

    /// Throws when the import is refused.
    domain::ImportReport take(std::vector<domain::ImportElement> elements, domain::ImportOptions const& options);
    /// The whole starter over what is there.
    domain::ImportReport import_evidence(Completions completions = Completions::included,
                                         domain::ImportOptions const& options = {});

    storage::Database& database() { return *db.database; }

    StandingClock clock;
    TemporaryDatabase db;
    domain::Addresses addresses{"https://badges.example"};
    domain::Settings settings{false, "Nakhla", "privacy@nakhla.example", crypto::KeyType::ed25519};
    crypto::KeyEncryptionKey kek = crypto::KeyEncryptionKey::from_bytes(crypto::SecretBytes(32));
    domain::ProgrammeStore programmes;
    domain::IssuerKeys keys{*db.database, kek, addresses, clock, settings.key_type};
    domain::StatusLists status{*db.database, keys, addresses, clock};
    domain::Issuance issuance{*db.database, programmes, keys, status, addresses, clock};
    domain::Intake intake{*db.database, programmes, issuance, addresses, clock};
    domain::Claims claims{*db.database, programmes, issuance, addresses, clock};
    domain::OwnDocuments documents{*db.database, programmes, keys, status, issuance, claims, addresses};
    domain::Services services{clock,  *db.database, addresses, settings, programmes, keys,
                              status, issuance,     intake,    claims,   documents};
};

}  // namespace itqan::tests
