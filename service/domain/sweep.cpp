#include "service/domain/sweep.hpp"

#include "storage/people.hpp"

namespace itqan::domain {

bool Sweep::run_once() {
    constexpr int batch = 32;
    auto const today = clock_.domain().day();
    if (finished_ == today) return false;
    std::vector<std::string> ids;
    database_.read([&](storage::Session& session) {
        storage::each_learner(session, after_, batch, [&](storage::LearnerRow const& learner) { ids.push_back(learner.id); });
    });
    for (auto const& id : ids) {
        intake_.settle(Actor{}, id, true);
        after_ = id;
    }
    if (ids.size() == batch) return true;
    finished_ = today;
    after_.clear();
    return false;
}

}  // namespace itqan::domain
