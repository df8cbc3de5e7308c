#pragma once
// Everything the edge (api, web) and the jobs may call, as references owned by the App.

#include "service/domain/claims.hpp"
#include "service/domain/documents.hpp"
#include "service/domain/intake.hpp"
#include "service/domain/issuance.hpp"
#include "service/domain/issuer_keys.hpp"
#include "service/domain/programme_store.hpp"
#include "service/domain/status.hpp"

namespace itqan::domain {

/// What the configuration says that pages, mails and rules need.
struct Settings {
    bool demo = false;
    std::string controller_name;     ///< Who is responsible for the data (/privacy and the first mail).
    std::string controller_contact;  ///< E-mail address.
    crypto::KeyType key_type = crypto::KeyType::rsa;
};

struct Services {
    Clock const& clock;
    storage::Database& database;
    Addresses const& addresses;
    Settings const& settings;
    ProgrammeStore& programmes;
    IssuerKeys& keys;
    StatusLists& status;
    Issuance& issuance;
    Intake& intake;
    Claims& claims;
    OwnDocuments& documents;
};

}  // namespace itqan::domain
