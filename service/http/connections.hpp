#pragma once
// All open connections: how many there may be, in all and of one client, and which of them make room. Included by the
// server's own files only.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/any_io_executor.hpp>

#include "service/http/wire.hpp"

namespace itqan::http {

class Connections {
    struct Entry {
        std::string client;
        std::weak_ptr<Connection> connection = {};
        boost::asio::any_io_executor strand = {};  ///< Its own, where alone it may be held and let go.
        bool is_resting = false;
        bool has_asked = false;
    };
    using Entries = std::list<Entry>;

  public:
    Connections(std::size_t in_all, std::size_t of_client) : in_all_(in_all), of_client_(of_client) {}

    /// A connection's place among the others, given back when it is destroyed.
    class Place {
      public:
        Place(Connections& all, Entries::iterator entry) : all_(&all), entry_(entry) {}
        ~Place();
        Place(Place&& other) noexcept : all_(std::exchange(other.all_, nullptr)), entry_(other.entry_) {}
        Place& operator=(Place&&) = delete;

        void hold(std::shared_ptr<Connection> const& connection);
        /// Nothing is asked on it: it may be ended to make room, the one that rests longest first.
        void rest();
        void work();

      private:
        Connections* all_;
        Entries::iterator entry_;
    };

    /// None when there is no room, and nobody rests who could make some. `is_trusted`: a proxy, which has as many
    /// connections as the server.
    std::optional<Place> admit(std::string const& client, bool is_trusted);

    /// From now on; nobody is sent away for it.
    void allow(std::size_t in_all, std::size_t of_client);

    /// Ends all that rest now; those that have never asked only with `also_fresh`: they have come to ask.
    void end_resting(bool also_fresh);
    /// Whether all had ended within the time.
    bool wait_for_end(std::chrono::milliseconds limit);
    std::size_t count() const;

  private:
    static void end(Entry const& entry);
    void leave(Entries::iterator entry);

    mutable std::mutex mutex_;
    std::size_t in_all_, of_client_;
    std::condition_variable changed_;
    Entries resting_, working_;  ///< Resting: longest first.
    std::map<std::string, std::size_t, std::less<>> of_clients_;
};

}  // namespace itqan::http
