#pragma once
// What pages ask of the badge pictures: designs as SVG, PNG baked with a credential, share cards, QR codes. How they
// are drawn is decided in pictures/.

#include <memory>
#include <string>
#include <string_view>

#include "schemas/bytes.hpp"
#include "service/domain/claims.hpp"
#include "service/domain/programme.hpp"
#include "service/web/view.hpp"

namespace itqan::web {

class Pictures {
  public:
    virtual ~Pictures() = default;

    /// The design of an achievement in one language, without a credential, as an SVG document.
    virtual std::string badge_svg(domain::Programme const& programme, domain::Achievement const& achievement,
                                  std::string_view language, int year) = 0;
    /// 600x600, without a credential.
    virtual std::shared_ptr<Bytes const> badge_png(domain::Programme const& programme,
                                                   domain::Achievement const& achievement, std::string_view language,
                                                   int year) = 0;
    /// The same pictures with the credential's document baked in.
    virtual std::shared_ptr<Bytes const> baked_png(domain::Programme const& programme,
                                                   domain::CredentialView const& credential) = 0;
    virtual std::string baked_svg(domain::Programme const& programme, domain::CredentialView const& credential) = 0;
    /// Link preview, 1200x627 PNG, without the learner's name unless the page is public with name.
    virtual std::shared_ptr<Bytes const> share_card(domain::Programme const& programme,
                                                    domain::CredentialView const& credential) = 0;
    /// One A4 page as PDF with the credential's document attached; the learner's name as on the share card.
    virtual std::shared_ptr<Bytes const> certificate(domain::Programme const& programme,
                                                     domain::CredentialView const& credential) = 0;
    /// QR code of a text as an SVG document, error correction M.
    virtual std::string qr_svg(std::string_view text) = 0;
};

}  // namespace itqan::web
