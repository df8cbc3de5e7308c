#include "service/http/connections.hpp"

#include <boost/asio/post.hpp>

namespace itqan::http {

Connections::Place::~Place() {
    if (all_ != nullptr) all_->leave(entry_);
}

void Connections::Place::hold(std::shared_ptr<Connection> const& connection) {
    std::lock_guard const lock(all_->mutex_);
    entry_->connection = connection;
    entry_->strand = connection->stream.socket().get_executor();
}

void Connections::Place::rest() {
    std::lock_guard const lock(all_->mutex_);
    if (std::exchange(entry_->is_resting, true)) return;
    all_->resting_.splice(all_->resting_.end(), all_->working_, entry_);
}

void Connections::Place::work() {
    std::lock_guard const lock(all_->mutex_);
    entry_->has_asked = true;
    if (!std::exchange(entry_->is_resting, false)) return;  // It was told to end and asked something just before.
    all_->working_.splice(all_->working_.end(), all_->resting_, entry_);
}

/// On its own strand, where it is seen whether a request has come meanwhile, and where its last owner must be.
void Connections::end(Entry const& entry) {
    if (!entry.strand) return;
    boost::asio::post(entry.strand, [weak = entry.connection] {
        auto const there = weak.lock();
        if (there && there->idle) there->deadline.set(std::chrono::milliseconds(0));
    });
}

std::optional<Connections::Place> Connections::admit(std::string const& client, bool is_trusted) {
    std::lock_guard const lock(mutex_);
    auto const mine = of_clients_.find(client);
    if (!is_trusted && mine != of_clients_.end() && mine->second >= of_client_) return std::nullopt;
    if (auto const total = resting_.size() + working_.size(); total >= in_all_) {
        // Those that were told to end may need a moment; they are not told twice.
        if (resting_.empty() || total >= in_all_ + in_all_ / 8 + 1) return std::nullopt;
        end(resting_.front());
        resting_.front().is_resting = false;
        working_.splice(working_.end(), resting_, resting_.begin());
    }
    ++of_clients_[client];
    return Place(*this, working_.insert(working_.end(), {client}));
}

void Connections::allow(std::size_t in_all, std::size_t of_client) {
    std::lock_guard const lock(mutex_);
    in_all_ = in_all;
    of_client_ = of_client;
}

void Connections::leave(Entries::iterator entry) {
    std::lock_guard const lock(mutex_);
    auto const mine = of_clients_.find(entry->client);
    if (--mine->second == 0) of_clients_.erase(mine);
    (entry->is_resting ? resting_ : working_).erase(entry);
    changed_.notify_all();
}

void Connections::end_resting(bool also_fresh) {
    std::lock_guard const lock(mutex_);
    for (auto const& entry : resting_)
        if (also_fresh || entry.has_asked) end(entry);
}

bool Connections::wait_for_end(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return resting_.empty() && working_.empty(); });
}

std::size_t Connections::count() const {
    std::lock_guard const lock(mutex_);
    return resting_.size() + working_.size();
}

}  // namespace itqan::http
