// What of a running server changes: its certificate, and the limits that connections are held to.

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>

#include <sys/stat.h>
#include <boost/asio/post.hpp>

#include "service/http/server_state.hpp"
#include "service/http/tls.hpp"

namespace itqan::http {
namespace {

/// Changes when a file is written or another one takes its place, also through a symbolic link.
std::string state_of(std::filesystem::path const& file) {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0) return "absent";
    std::string text;
    for (auto const part :
         {static_cast<long long>(found.st_ino), static_cast<long long>(found.st_size),
          static_cast<long long>(found.st_mtim.tv_sec), static_cast<long long>(found.st_mtim.tv_nsec)})
        text.append(std::to_string(part)).append(" ");
    return text;
}

std::string state_of(std::filesystem::path const& certificate, std::filesystem::path const& key) {
    return state_of(certificate) + state_of(key);
}

}  // namespace

void Server::State::load_certificate(std::filesystem::path const& certificate_file,
                                     std::filesystem::path const& key_file) {
    auto const state = state_of(certificate_file, key_file);  // Before they are read: a change meanwhile is seen later.
    auto fresh = make_tls_context(certificate_file, key_file, names);
    std::lock_guard const lock(mutex);
    tls = std::move(fresh);
    certificate = certificate_file;
    key = key_file;
    certificate_state = state;
}

void Server::reload_certificate() {
    std::filesystem::path certificate;
    std::filesystem::path key;
    {
        std::lock_guard const lock(state_->mutex);
        certificate = state_->certificate;
        key = state_->key;
    }
    state_->load_certificate(certificate, key);
}

bool Server::reload_changed_certificate() {
    {
        std::lock_guard const lock(state_->mutex);
        auto state = state_of(state_->certificate, state_->key);
        if (state == state_->certificate_state) return false;
        state_->certificate_state = std::move(state);  // What is unusable is tried once, not every time.
    }
    reload_certificate();
    return true;
}

void Server::use(Changeable const& settings) {
    auto read = Networks::read(settings.trusted_proxies);
    if (!read) throw std::runtime_error(read.error().detail);
    auto proxies = std::make_shared<Networks const>(std::move(*read));
    state_->load_certificate(settings.certificate, settings.key);
    state_->connections.allow(settings.connections, settings.connections_per_client);
    std::lock_guard const lock(state_->mutex);
    state_->proxies = std::move(proxies);
}

bool Server::is_alive(std::chrono::milliseconds limit) const {
    auto const answered = std::make_shared<std::promise<void>>();
    auto future = answered->get_future();
    boost::asio::post(state_->io, [answered] { answered->set_value(); });
    return future.wait_for(limit) == std::future_status::ready;
}

}  // namespace itqan::http
