#include "service/web/pictures/drawn_pictures.hpp"

#include <mutex>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "crypto/bake.hpp"
#include "service/web/pictures/badge_design.hpp"
#include "service/web/pictures/picture_cache.hpp"
#include "service/web/pictures/qr_code.hpp"
#include "service/web/pictures/raster.hpp"
#include "service/web/pictures/share_card.hpp"

namespace itqan::web {
namespace {

constexpr int badge_size = 600;

class DrawnPictures final : public Pictures {
  public:
    DrawnPictures(Clock const& clock, std::size_t cache_bytes)
        : clock_(clock), cache_(cache_bytes) {}

    std::string badge_svg(domain::Programme const& programme, domain::Achievement const& achievement, std::string_view language, int year) override {
        std::lock_guard const lock(outlining_);
        return badge_design(programme, achievement, language, year, outliner_);
    }

    std::shared_ptr<Bytes const> badge_png(domain::Programme const& programme, domain::Achievement const& achievement,
                                           std::string_view language, int year) override {
        return kept(design_name(programme, achievement, language, year) + ".png",
                    [&] { return render_png(badge_svg(programme, achievement, language, year), badge_size, badge_size); });
    }

    std::shared_ptr<Bytes const> baked_png(domain::Programme const& programme, domain::CredentialView const& credential) override {
        return kept("baked/" + credential.row.id + "/" + std::to_string(credential.row.edition), [&] {
            auto const& achievement = achievement_of(programme, credential);
            auto const plain = badge_png(programme, achievement, credential.row.language, credential.row.awarded_at.day().year());
            auto baked = crypto::bake_png(*plain, credential.jwt);
            if (!baked) throw std::runtime_error("a picture of ours cannot be baked: " + baked.error().detail);
            return std::move(baked->png);
        });
    }

    std::string baked_svg(domain::Programme const& programme, domain::CredentialView const& credential) override {
        auto const& achievement = achievement_of(programme, credential);
        auto baked = crypto::bake_svg(badge_svg(programme, achievement, credential.row.language, credential.row.awarded_at.day().year()), credential.jwt);
        if (!baked) throw std::runtime_error("a picture of ours cannot be baked: " + baked.error().detail);
        return std::move(*baked);
    }

    std::shared_ptr<Bytes const> share_card(domain::Programme const& programme, domain::CredentialView const& credential) override {
        auto const& row = credential.row;
        auto const now = clock_.wall();
        // The card tells the state, and an expiry comes without a change of the row.
        auto const name = "card/" + row.id + "/" + std::to_string(row.changed_at.milliseconds) + "/" + now.day().text();
        return kept(name, [&] {
            std::string svg;
            {
                std::lock_guard const lock(outlining_);
                svg = share_card_svg(programme, achievement_of(programme, credential), credential, now, outliner_);
            }
            return render_png(svg, 1200, 627);
        });
    }

    std::string qr_svg(std::string_view text) override {
        auto const code = qr_code(text);
        auto const size = std::to_string(code.size);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + " " + size +
               "\" shape-rendering=\"crispEdges\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"" + code.path + "\" fill=\"#000\"/></svg>";
    }

  private:
    static std::string design_name(domain::Programme const& programme, domain::Achievement const& achievement, std::string_view language, int year) {
        return "design/" + std::to_string(programme.generation) + "/" + achievement.id + "/" + std::to_string(achievement.version) + "/" +
               std::string(language) + "/" + std::to_string(year);
    }

    static domain::Achievement const& achievement_of(domain::Programme const& programme, domain::CredentialView const& credential) {
        auto const* const achievement = programme.achievement(credential.row.achievement_id);
        if (achievement == nullptr) throw std::runtime_error("credential " + credential.row.id + " is of an achievement that is not here");
        return *achievement;
    }

    template <typename Draw>
    std::shared_ptr<Bytes const> kept(std::string const& name, Draw const& draw) {
        if (auto found = cache_.find(name)) return found;
        auto drawn = std::make_shared<Bytes const>(draw());
        cache_.keep(name, drawn);
        return drawn;
    }

    Clock const& clock_;
    std::mutex outlining_;
    TextOutliner outliner_;
    PictureCache cache_;
};

}  // namespace

std::unique_ptr<Pictures> make_pictures(Clock const& clock, std::size_t cache_bytes) {
    return std::make_unique<DrawnPictures>(clock, cache_bytes);
}

}  // namespace itqan::web
