// One connection from its handshake to its end: what was asked, who answers, what is said.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "schemas/must_not_wait.hpp"
#include "schemas/pending.hpp"
#include "service/http/problem.hpp"
#include "service/http/server_state.hpp"
#include "service/http/trace.hpp"

// g++ 12 takes a coroutine frame's own operator delete for a mismatch when it inlines Asio's operator new.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace itqan::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// A request as far as it came.
struct Received {
    std::optional<Head> head = {};  ///< None when the header section was refused.
    std::optional<Refusal> refusal = {};
    std::string method = {};
    Route const* route = nullptr;  ///< Null when none answers.
    Urgency urgency = Urgency::ordinary;
    Pace pace = Pace::slow;
    bool last = false;  ///< The connection ends with the answer.
    Trace trace = {};
    Stages stages = {};
};

namespace {

constexpr std::size_t small_body = 64 * 1024;  ///< Read also when it will be refused: so the connection stays usable.
constexpr std::size_t quick_body = 16 * 1024;  ///< What is larger takes longer than the edge may.
constexpr std::size_t most_open_ends = 256;    ///< Two groups of the writer's.
constexpr int most_rounds = 8;                 ///< The domain ends a question earlier; this ends what does not.
constexpr char overloaded_code[] = "overloaded";
constexpr char overloaded_text[] = "Too many requests wait. Repeat this one in a moment.";

/// 64 bits that name a request in the log; they order nothing and guess nothing.
std::string next_request_id() {
    static std::atomic<std::uint64_t> counter{
        static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count())};
    static constexpr char digits[] = "0123456789abcdef";
    auto value = counter.fetch_add(0x9e3779b97f4a7c15ULL);
    std::string id(16, '0');
    for (auto& c : id) {
        c = digits[value & 15];
        value >>= 4;
    }
    return id;
}

using Clock = std::chrono::steady_clock;

std::int64_t microseconds_since(Clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
}

/// Counts what is in hand for as long as it lives.
class InHand {
  public:
    explicit InHand(std::atomic<std::size_t>& count) : count_(count) { ++count_; }
    ~InHand() { --count_; }
    InHand(InHand const&) = delete;
    InHand& operator=(InHand const&) = delete;

  private:
    std::atomic<std::size_t>& count_;
};

/// Many in one request are bulk work, whatever the address is for.
bool is_list(std::string const& body) {
    auto const first = body.find_first_not_of(" \t\r\n");
    return first != std::string::npos && body[first] == '[';
}

/// One question to the handler, asked on the edge while it is quick and on a worker otherwise. `resume` is told the
/// answer; nothing when there is no room for the question.
class Question : public std::enable_shared_from_this<Question> {
  public:
    using Resume = std::function<void(std::optional<Response>)>;

    Question(Admission& admission, Urgency urgency, Router const& router, std::shared_ptr<OpenEnds> open_ends,
             std::shared_ptr<Request> request, Stages& stages, Resume resume)
        : admission_(admission),
          urgency_(urgency),
          router_(router),
          open_ends_(std::move(open_ends)),
          request_(std::move(request)),
          stages_(stages),
          resume_(std::move(resume)) {}

    /// False when it is refused: nobody is told then.
    bool ask(Pace pace) {
        submitted_ = Clock::now();
        auto const self = shared_from_this();
        return admission_.submit(
            urgency_, [self, pace](bool in_time) { self->run(pace, in_time); }, pace);
    }

  private:
    void run(Pace pace, bool in_time) {
        auto const started = Clock::now();
        bool must_wait = false;
        std::optional<Response> answer;
        try {
            if (in_time) answer = answer_of(pace);
        } catch (MustNotWait const&) {
            must_wait = true;
        } catch (...) {
            answer = Response{500, {}, {}};  // There was no memory even to say so.
        }
        // Nobody else looks at them before resume().
        stages_.queue += std::chrono::duration_cast<std::chrono::microseconds>(started - submitted_).count();
        stages_.handler += microseconds_since(started);
        if (must_wait) {
            request_->may_depend = false;
            if (ask(Pace::slow)) return;
        }
        resume_(std::move(answer));
    }
    Response answer_of(Pace pace) const {
        if (pace == Pace::slow) return router_.handle_in_place(*request_);
        NoWaiting const here;
        auto answer = router_.handle_in_place(*request_);
        if (answer.depends_on) answer.depends_on->hold(std::make_shared<OpenEnd>(open_ends_));
        return answer;
    }

    Admission& admission_;
    Urgency const urgency_;
    Router const& router_;
    std::shared_ptr<OpenEnds> const open_ends_;
    std::shared_ptr<Request> const request_;
    Stages& stages_;
    Resume const resume_;
    Clock::time_point submitted_;
};

/// Asks the handler and resumes the coroutine with its answer; nothing when there is no room for it.
asio::awaitable<std::optional<Response>> answer_of(Admission& admission, Urgency urgency, Pace pace,
                                                   Router const& router, std::shared_ptr<OpenEnds> open_ends,
                                                   std::shared_ptr<Request> request, Stages& stages) {
    auto initiate = [&admission, urgency, pace, &router, open_ends, request, &stages](auto handler) {
        using Handler = decltype(handler);
        auto executor = asio::get_associated_executor(handler);
        auto waiting = std::make_shared<Handler>(std::move(handler));
        auto const resume = [executor, waiting](std::optional<Response> made) {
            asio::dispatch(executor, [waiting, made = std::move(made)]() mutable {
                auto resumed = std::move(*waiting);
                resumed(std::move(made));
            });
        };
        auto const question =
            std::make_shared<Question>(admission, urgency, router, open_ends, request, stages, resume);
        if (question->ask(pace)) return;
        asio::post(executor, [waiting]() {  // Not before the coroutine waits.
            auto resumed = std::move(*waiting);
            resumed(std::nullopt);
        });
    };
    using Token = asio::use_awaitable_t<>;
    Token token{};
    auto answer = co_await asio::async_initiate<Token, void(std::optional<Response>)>(std::move(initiate), token);
    co_return answer;
}

/// Until what an answer depends on has ended; no thread waits meanwhile.
asio::awaitable<void> end_of(std::shared_ptr<Pending> pending) {
    auto initiate = [pending = std::move(pending)](auto handler) {
        using Handler = decltype(handler);
        auto executor = asio::get_associated_executor(handler);
        auto waiting = std::make_shared<Handler>(std::move(handler));
        pending->when_ended([executor, waiting] {
            asio::post(executor, [waiting] {
                auto resumed = std::move(*waiting);
                resumed();
            });
        });
    };
    using Token = asio::use_awaitable_t<>;
    Token token{};
    co_await asio::async_initiate<Token, void()>(std::move(initiate), token);
}

/// Lets the documents be fetched and resumes the coroutine with them; no thread waits meanwhile.
asio::awaitable<FetchedDocuments> fetched_by(FetchDocuments const& fetch, FetchedDocuments known, DocumentNeeds needs) {
    auto initiate = [&fetch, known = std::move(known), needs = std::move(needs)](auto handler) mutable {
        using Handler = decltype(handler);
        auto executor = asio::get_associated_executor(handler);
        auto waiting = std::make_shared<Handler>(std::move(handler));
        fetch(std::move(known), needs, [executor, waiting](FetchedDocuments made) {
            asio::post(executor, [waiting, made = std::move(made)]() mutable {
                auto resumed = std::move(*waiting);
                resumed(std::move(made));
            });
        });
    };
    using Token = asio::use_awaitable_t<>;
    Token token{};
    auto made = co_await asio::async_initiate<Token, void(FetchedDocuments)>(std::move(initiate), token);
    co_return made;
}

}  // namespace

asio::awaitable<void> Server::State::serve(Listener const& listener, tcp::socket socket, std::string peer,
                                           Connections::Place place) {
    std::shared_ptr<SSL_CTX> context;
    if (listener.tls) {
        std::lock_guard const lock(mutex);
        context = tls;
    }
    try {
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        auto const connection = std::make_shared<Connection>(std::move(socket), context.get());
        context.reset();  // The connection has its own hold on it.
        connection->buffer.max_size(listener.rules.header_bytes + small_body);
        place.hold(connection);
        place.rest();
        connection->deadline.set(config.timeouts.handshake);
        // Read after the others have the connection: either stop() finds it there or this finds stop().
        if (ending) co_return;
        auto const failure = co_await connection->stream.handshake();
        if (!failure) co_await talk(listener, *connection, peer, place);
    } catch (std::exception const&) {
        // The peer or the stream went away in the middle of something: nobody is left to be told.
    }
}

/// What follows the scan: the header section is judged, and the body read when there is one to be read.
asio::awaitable<Received> Server::State::receive(Listener const& listener, Connection& connection, HeadScan const& scan,
                                                 BodyShare& share) {
    Received received;
    received.refusal = scan.refusal;
    if (received.refusal) co_return received;
    std::string const section(static_cast<char const*>(connection.buffer.cdata().data()), scan.end);
    connection.buffer.consume(scan.end);
    auto read = read_head(section, listener.rules);
    received.refusal = std::move(read.refusal);
    received.head = std::move(read.head);
    if (!received.head) co_return received;
    auto& head = *received.head;
    received.method = head.request.method;
    received.route = router.route_of(head.request.method, head.request.path, listener.door);
    received.last = !head.keep_alive;
    if (received.route != nullptr) received.urgency = received.route->urgency;
    auto const limit = Router::body_limit(received.route);
    auto const length = head.content_length.value_or(0);
    if (length > limit) {
        received.refusal =
            Refusal{413, "too-large",
                    "The body is larger than the " + std::to_string(limit) + " bytes that this address takes."};
    } else if (auto const pace = head.chunked && received.route != nullptr ? received.route->pace : Pace::slow;
               (head.chunked || length > small_body) && admission.is_full(received.urgency, pace)) {
        refused_requests.add();
        received.refusal = Refusal{503, overloaded_code, overloaded_text};
    }
    if (!received.refusal && (head.chunked || length > 0)) {
        received.refusal = co_await read_body(connection, head, section, limit, share, config.timeouts);
        if (received.refusal && received.refusal->status == 503) {
            refused_requests.add();
            received.refusal->code = overloaded_code;
            received.refusal->detail = overloaded_text;
        }
    }
    if (received.refusal) std::string().swap(head.request.body);
    if (received.urgency == Urgency::ordinary && is_list(head.request.body)) received.urgency = Urgency::bulk;
    bool const is_small = head.request.body.size() <= quick_body && received.urgency != Urgency::bulk;
    if (received.route != nullptr && is_small) received.pace = received.route->pace;
    co_return received;
}

asio::awaitable<Response> Server::State::answer(Listener const& listener, Received& received, std::string const& peer,
                                                std::string const& request_id) {
    if (received.refusal) {
        auto const& refusal = *received.refusal;
        auto response = problem(refusal.status, refusal.code, refusal.detail);
        if (!refusal.allow.empty()) response.headers.add("allow", refusal.allow);
        received.last = true;
        co_return response;
    }
    auto request = std::make_shared<Request>(std::move(received.head->request));
    request->id = request_id;
    auto& stages = received.stages;
    request->client = client_of(peer, request->header("x-forwarded-for"), *proxies_now());
    request->door = listener.door;
    auto fetched = fetch ? std::make_shared<FetchedDocuments>() : nullptr;
    request->fetched = fetched;
    // Where commits do not come back the rest waits on workers, of whom admission knows how many there are.
    request->may_depend = received.pace == Pace::quick && open_ends->count() < most_open_ends;
    auto response = co_await answer_of(admission, received.urgency, received.pace, router, open_ends, request, stages);
    while (response && !response->awaits.addresses.empty()) {
        if (!fetched || fetched->rounds >= most_rounds) {
            response = internal_problem();
            break;
        }
        response->awaits.client = limit_key(request->client);
        FetchedDocuments known = std::move(*fetched);  // The handler has answered: nobody reads them meanwhile.
        auto const asked = Clock::now();
        auto documents = co_await fetched_by(fetch, std::move(known), response->awaits);
        *fetched = std::move(documents);
        stages.fetch += microseconds_since(asked);
        // What others send is as large as they like.
        request->may_depend = false;
        response = co_await answer_of(admission, received.urgency, Pace::slow, router, open_ends, request, stages);
    }
    if (response && response->depends_on) {
        auto const pending = std::move(response->depends_on);
        auto const asked = Clock::now();
        co_await end_of(pending);
        stages.commit = microseconds_since(asked);
        if (pending->outcome() == Pending::Outcome::failed) {
            std::string_view const pattern = received.route == nullptr ? std::string_view{} : received.route->path;
            response = router.failure_of(*request, pattern, pending->failure());
        } else if (pending->outcome() == Pending::Outcome::refused) {
            request->may_depend = false;
            response = co_await answer_of(admission, received.urgency, Pace::slow, router, open_ends, request, stages);
        }
    }
    // The request was read whole: whoever is told to come again may do so on the same connection.
    if (!response) {
        refused_requests.add();
        static auto const overloaded = problem(503, overloaded_code, overloaded_text);
        response = overloaded;
    }
    // A method that an address does not take is a mistake or an attempt; neither has more to say here.
    if (received.route == nullptr && response->status == 405) received.last = true;
    co_return std::move(*response);
}

asio::awaitable<void> Server::State::talk(Listener const& listener, Connection& connection, std::string const& peer,
                                          Connections::Place& place) {
    for (std::size_t count = 1;; ++count) {
        place.rest();
        auto const scan =
            co_await read_section(connection, listener.rules, config.timeouts, count == 1 ? ending : closing);
        if (scan.end == 0 && !scan.refusal) break;
        place.work();
        auto const began = Clock::now();
        auto const request_id = next_request_id();
        InHand const in_hand(in_flight);
        BodyShare share(bodies);
        auto received = co_await receive(listener, connection, scan, share);
        connection.deadline.clear();
        received.trace = trace_of(received.head ? received.head->request.header("traceparent") : std::string_view());
        received.stages.receive = microseconds_since(began);
        auto response = co_await answer(listener, received, peer, request_id);
        share.release();  // The body went with the request; a slow reader of the answer holds none of it.
        name_request(response, request_id);
        // Judged when the answer is there: stop() may have come while it was made.
        received.last = received.last || count >= config.requests_per_connection || stopping;
        Framing framing;
        framing.hsts = config.hsts && listener.tls;
        framing.is_head = received.method == "HEAD";
        framing.keep_alive = !received.last;
        auto const answered = Clock::now();
        bool const sent = co_await send(connection, response, framing, request_id, config.timeouts);
        received.stages.send = microseconds_since(answered);
        if (on_access) {
            std::string_view const pattern =
                received.route == nullptr ? std::string_view{} : std::string_view(received.route->path);
            auto const& [trace_id, span_id] = received.trace;
            on_access({received.method, pattern, response.status, microseconds_since(began), response.body.size(),
                       request_id, trace_id, span_id, received.stages});
        }
        if (!sent) co_return;
        if (received.last) {
            co_await itqan::http::close(connection, true);
            co_return;
        }
    }
    co_await itqan::http::close(connection, false);
}

}  // namespace itqan::http

#pragma GCC diagnostic pop
