#include "service/web/pictures/drawn_pictures.hpp"

#include <mutex>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "crypto/bake.hpp"
#include "crypto/bake_pdf.hpp"
#include "service/web/pictures/badge_design.hpp"
#include "service/web/pictures/certificate.hpp"
#include "service/web/pictures/pdf_page.hpp"
#include "service/web/pictures/picture_cache.hpp"
#include "service/web/pictures/qr_code.hpp"
#include "service/web/pictures/raster.hpp"
#include "service/web/pictures/share_card.hpp"

namespace itqan::web {
namespace {

constexpr int badge_size = 600, card_width = 1200, card_height = 627;

/// The achievement as the credential tells it: names may have changed since.
domain::Achievement as_signed(domain::Programme const& programme, domain::CredentialView const& credential) {
    auto const& row = credential.row;
    auto const* const known = programme.achievement(row.achievement_id);
    auto achievement = known != nullptr ? *known : domain::Achievement{};
    achievement.id = row.achievement_id;
    achievement.issuer_id = row.issuer_id;
    auto const text = credential.credential.value(Json::json_pointer("/credentialSubject/achievement"), Json::object());
    if (auto const name = text.value("name", ""); !name.empty()) achievement.name = {name, name};
    achievement.type = text.value("achievementType", achievement.type);
    return achievement;
}

int year_of(domain::CredentialView const& credential) {
    return credential.row.awarded_at.day().year();
}

class DrawnPictures final : public Pictures {
  public:
    DrawnPictures(Clock const& clock, std::size_t cache_bytes) : clock_(clock), cache_(cache_bytes) {}

    std::string badge_svg(domain::Programme const& programme, domain::Achievement const& achievement,
                          std::string_view language, int year) override {
        auto const name = design_name(programme, achievement, language, year) + ".svg";
        auto const svg = kept(name, outlining_, [&] {
            auto const drawn = badge_design(programme, achievement, language, year, outliner_);
            return Bytes(drawn.begin(), drawn.end());
        });
        return std::string(as_text(*svg));
    }

    std::shared_ptr<Bytes const> badge_png(domain::Programme const& programme, domain::Achievement const& achievement,
                                           std::string_view language, int year) override {
        auto const name = design_name(programme, achievement, language, year) + ".png";
        if (auto found = cache_.find(name)) return found;
        auto const svg = badge_svg(programme, achievement, language, year);
        return kept(name, rendering_, [&] { return render_png(svg, badge_size, badge_size); });
    }

    std::shared_ptr<Bytes const> baked_png(domain::Programme const& programme,
                                           domain::CredentialView const& credential) override {
        auto const name = "baked/" + std::to_string(programme.generation) + "/" + credential.row.id + "/" +
                          std::to_string(credential.row.edition) + "/" + std::string(proof_form_name(credential.form));
        if (auto found = cache_.find(name)) return found;
        auto const plain =
            badge_png(programme, as_signed(programme, credential), credential.row.language, year_of(credential));
        auto baked = crypto::bake_png(*plain, credential.document);
        if (!baked) throw std::runtime_error("a picture of ours cannot be baked: " + baked.error().detail);
        auto picture = std::make_shared<Bytes const>(std::move(baked->png));
        cache_.keep(name, picture);
        return picture;
    }

    std::string baked_svg(domain::Programme const& programme, domain::CredentialView const& credential) override {
        auto const plain =
            badge_svg(programme, as_signed(programme, credential), credential.row.language, year_of(credential));
        auto baked = crypto::bake_svg(plain, credential.document);
        if (!baked) throw std::runtime_error("a picture of ours cannot be baked: " + baked.error().detail);
        return std::move(*baked);
    }

    std::shared_ptr<Bytes const> share_card(domain::Programme const& programme,
                                            domain::CredentialView const& credential) override {
        auto const now = clock_.wall();
        // The card tells the state, and an expiry comes without a change of the row.
        auto const name = "card/" + std::to_string(programme.generation) + "/" + credential.row.id + "/" +
                          std::to_string(credential.row.edition) + "/" + credential.row.status + "/" +
                          credential.row.visibility + (credential.row.show_name ? "/named/" : "/") + now.day().text();
        if (auto found = cache_.find(name)) return found;
        std::string svg;
        {
            std::lock_guard const lock(outlining_);
            svg = share_card_svg(programme, as_signed(programme, credential), credential, now, outliner_);
        }
        return kept(name, rendering_, [&] { return render_png(svg, card_width, card_height); });
    }

    std::shared_ptr<Bytes const> certificate(domain::Programme const& programme,
                                             domain::CredentialView const& credential) override {
        auto const now = clock_.wall();
        auto const name = "certificate/" + std::to_string(programme.generation) + "/" + credential.row.id + "/" +
                          std::to_string(credential.row.edition) + "/" + std::string(proof_form_name(credential.form)) +
                          "/" + credential.row.status + "/" + credential.row.visibility +
                          (credential.row.show_name ? "/named/" : "/") + now.day().text();
        if (auto found = cache_.find(name)) return found;
        Certificate drawn;
        {
            std::lock_guard const lock(outlining_);
            drawn = draw_certificate(programme, as_signed(programme, credential), credential, now, outliner_);
        }
        return kept(name, rendering_, [&] {
            auto baked = crypto::bake_pdf(render_pdf(drawn), credential.document, drawn.words);
            if (!baked) throw std::runtime_error("a certificate of ours cannot be baked: " + baked.error().detail);
            return std::move(*baked);
        });
    }

    std::string qr_svg(std::string_view text) override {
        auto const code = qr_code(text);
        auto const size = std::to_string(code.size);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + " " + size +
               "\" shape-rendering=\"crispEdges\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"" +
               code.path + "\" fill=\"#000\"/></svg>";
    }

  private:
    /// Everything that the picture shows, by value: two achievements that differ in a name share none.
    static std::string design_name(domain::Programme const& programme, domain::Achievement const& achievement,
                                   std::string_view language, int year) {
        return "design/" + std::to_string(programme.generation) + "/" + achievement.id + "/" +
               std::to_string(achievement.version) + "/" + achievement.type + "/" + achievement.name.in(language) +
               "/" + std::string(language) + "/" + std::to_string(year);
    }

    /// One thread draws, the others find what it drew.
    template <typename Draw>
    std::shared_ptr<Bytes const> kept(std::string const& name, std::mutex& turn, Draw const& draw) {
        if (auto found = cache_.find(name)) return found;
        std::lock_guard const lock(turn);
        if (auto found = cache_.find(name)) return found;
        auto drawn = std::make_shared<Bytes const>(draw());
        cache_.keep(name, drawn);
        return drawn;
    }

    Clock const& clock_;
    std::mutex outlining_;  ///< Pango's objects are for one thread at a time.
    std::mutex rendering_;  ///< A rendering takes 10 MB; sixty-four at once would be too many.
    TextOutliner outliner_;
    PictureCache cache_;
};

}  // namespace

std::unique_ptr<Pictures> make_pictures(Clock const& clock, std::size_t cache_bytes) {
    return std::make_unique<DrawnPictures>(clock, cache_bytes);
}

}  // namespace itqan::web
