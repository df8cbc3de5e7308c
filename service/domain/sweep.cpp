#include "service/domain/sweep.hpp"

#include "storage/evidence.hpp"
#include "storage/people.hpp"

namespace itqan::domain {

bool Sweep::run_once() {
    constexpr int batch = 32;
    auto const today = clock_.domain().day();
    if (finished_ == today) return false;
    std::vector<std::string> ids;
    database_.read([&](storage::Session& session) {
        storage::each_learner(session, after_, batch,
                              [&](storage::LearnerRow const& learner) { ids.push_back(learner.id); });
    });
    for (auto const& id : ids) {
        try {
            intake_.settle(Actor{}, id, true);
        } catch (storage::DatabaseError const&) {
            throw;
        } catch (std::exception const& error) {
            // One learner whom the rules cannot judge must not hold up all behind.
            if (report_) report_(id, error.what());
        }
        after_ = id;
    }
    if (ids.size() == batch) return true;
    database_.write([&](storage::Session& session) { storage::forget_expired_answers(session, clock_.wall()); });
    finished_ = today;
    after_.clear();
    return false;
}

}  // namespace itqan::domain
