#include "service/http/admission.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace itqan::http {
namespace {

using std::chrono::milliseconds;

/// A barrier at which jobs wait until it is opened, and a count of what has come so far.
class Barrier {
  public:
    void pass() {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    bool wait_for(int count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return waiting_ >= count; });
    }
    void open() {
        std::lock_guard const lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int waiting_ = 0;
    bool open_ = false;
};

bool becomes_true(std::function<bool()> const& what) {
    for (int i = 0; i < 2'000 && !what(); ++i)
        std::this_thread::sleep_for(milliseconds(5));
    return what();
}

TEST_CASE("bulk work never takes more than its workers, and what is essential always finds one") {
    Barrier barrier;
    std::atomic<int> essential{0};
    AdmissionRules rules;
    rules.workers = 16;
    rules.target = milliseconds(10'000);
    Admission admission(rules);
    auto const held = [&](bool) { barrier.pass(); };

    for (int i = 0; i < 6; ++i)
        CHECK(admission.submit(Urgency::bulk, held));
    REQUIRE(barrier.wait_for(2));
    for (int i = 0; i < 40; ++i)
        CHECK(admission.submit(Urgency::ordinary, held));
    REQUIRE(barrier.wait_for(14));

    CHECK(admission.running() == std::array<std::size_t, urgencies>{0, 12, 2});
    CHECK(admission.submit(Urgency::essential, [&](bool) { ++essential; }));
    CHECK(becomes_true([&] { return essential == 1; }));
    CHECK(admission.running()[1] + admission.running()[2] == 14);
    barrier.open();
    CHECK(becomes_true([&] {
        auto const left = admission.queued();
        auto const busy = admission.running();
        return left[1] + left[2] + busy[1] + busy[2] == 0;
    }));
}

TEST_CASE("bulk work that comes after ordinary work takes no worker that is kept for what is essential") {
    Barrier barrier;
    std::atomic<int> essential{0};
    AdmissionRules rules;
    rules.workers = 16;
    rules.target = rules.patience = milliseconds(60'000);
    Admission admission(rules);
    auto const held = [&](bool) { barrier.pass(); };
    for (int i = 0; i < 14; ++i)
        REQUIRE(admission.submit(Urgency::ordinary, held));
    REQUIRE(barrier.wait_for(14));

    for (int i = 0; i < 4; ++i)
        CHECK(admission.submit(Urgency::bulk, held));
    CHECK(admission.submit(Urgency::essential, [&](bool) { ++essential; }));

    CHECK(becomes_true([&] { return essential == 1; }));
    CHECK(admission.running() == std::array<std::size_t, urgencies>{0, 14, 0});
    CHECK(admission.queued()[2] == 4);
    barrier.open();
    CHECK(becomes_true([&] { return admission.queued()[2] + admission.running()[2] == 0; }));
}

TEST_CASE("where nothing is begun any more whoever comes is refused, and taken again when it goes on") {
    Barrier barrier;
    AdmissionRules rules;
    rules.workers = 1;
    rules.burst = milliseconds(400);
    rules.target = rules.patience = milliseconds(60'000);
    Admission admission(rules);
    REQUIRE(admission.submit(Urgency::essential, [&](bool) { barrier.pass(); }));
    REQUIRE(barrier.wait_for(1));

    for (int i = 0; i < 5; ++i)
        CHECK(admission.submit(Urgency::essential, [](bool) {}));
    CHECK(becomes_true([&] { return admission.is_full(Urgency::essential); }));
    CHECK_FALSE(admission.submit(Urgency::essential, [](bool) {}));
    CHECK(admission.submit(Urgency::ordinary, [](bool) {}));

    barrier.open();
    CHECK(becomes_true([&] { return admission.queued()[0] == 0; }));
    CHECK(admission.submit(Urgency::essential, [](bool) {}));
}

TEST_CASE("what is more urgent is begun first, in the order it came") {
    Barrier barrier;
    std::mutex mutex;
    std::string order;
    AdmissionRules rules;
    rules.workers = 1;
    Admission admission(rules);
    auto const notes = [&](char letter) {
        return [&, letter](bool) {
            std::lock_guard const lock(mutex);
            order += letter;
        };
    };
    REQUIRE(admission.submit(Urgency::ordinary, [&](bool) { barrier.pass(); }));
    REQUIRE(barrier.wait_for(1));

    CHECK(admission.submit(Urgency::bulk, notes('x')));
    CHECK(admission.submit(Urgency::ordinary, notes('o')));
    CHECK(admission.submit(Urgency::ordinary, notes('p')));
    CHECK(admission.submit(Urgency::essential, notes('e')));
    barrier.open();

    CHECK(becomes_true([&] {
        std::lock_guard const lock(mutex);
        return order == "eopx";
    }));
}

TEST_CASE("who would wait too long is refused at once, and who has waited too long is not run") {
    Barrier barrier;
    std::atomic<int> done{0}, late{0};
    AdmissionRules rules;
    rules.workers = 1;
    rules.target = milliseconds(50);
    rules.patience = milliseconds(100);
    Admission admission(rules);
    auto const slow = [&](bool in_time) {
        ++(in_time ? done : late);
        if (in_time) std::this_thread::sleep_for(milliseconds(40));
    };
    // Three wait behind one that holds the worker for longer than anybody's patience.
    REQUIRE(admission.submit(Urgency::essential, [&](bool) { barrier.pass(); }));
    REQUIRE(barrier.wait_for(1));
    for (int i = 0; i < 3; ++i)
        REQUIRE(admission.submit(Urgency::essential, slow));
    std::this_thread::sleep_for(milliseconds(150));
    barrier.open();
    CHECK(becomes_true([&] { return late == 3; }));
    CHECK(done == 0);

    // At 40 ms each there is soon no place for a dozen.
    int refused = 0;
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 20; ++i)
            refused += admission.submit(Urgency::essential, slow) ? 0 : 1;
        CHECK(becomes_true([&] { return admission.queued()[0] == 0; }));
    }
    CHECK(refused >= 20);
    CHECK_FALSE(admission.is_full(Urgency::bulk));
}

TEST_CASE("quick work takes turns instead of workers: no more than there may be, what is most urgent first") {
    std::string order;
    int asked = 0;
    AdmissionRules rules;
    rules.turns = 2;
    Admission admission(rules, [&] { ++asked; });
    auto const notes = [&](char letter) { return [&order, letter](bool) { order += letter; }; };
    CHECK(admission.submit(Urgency::bulk, notes('x'), Pace::quick));
    CHECK(admission.submit(Urgency::ordinary, notes('o'), Pace::quick));
    CHECK(admission.submit(Urgency::ordinary, notes('p'), Pace::quick));
    CHECK(admission.submit(Urgency::essential, notes('e'), Pace::quick));
    CHECK(asked == 2);
    CHECK(order.empty());
    CHECK(admission.queued() == std::array<std::size_t, urgencies>{1, 2, 1});

    for (int taken = 0; taken < asked; ++taken)
        admission.take_turn();
    CHECK(order == "eopx");
    CHECK(admission.queued() == std::array<std::size_t, urgencies>{0, 0, 0});

    asked = 0;
    CHECK(admission.submit(Urgency::ordinary, notes('q'), Pace::quick));
    CHECK(asked == 1);
    admission.take_turn();
    CHECK(order == "eopxq");
}

TEST_CASE("quick work that has waited too long is not run, and too much of it is refused") {
    int late = 0;
    AdmissionRules rules;
    rules.patience = milliseconds(20);
    rules.queued = 6;
    Admission admission(rules, [] {});
    for (int i = 0; i < 6; ++i)
        CHECK(admission.submit(
            Urgency::ordinary, [&](bool in_time) { late += in_time ? 0 : 1; }, Pace::quick));
    CHECK(admission.is_full(Urgency::ordinary, Pace::quick));
    CHECK_FALSE(admission.submit(
        Urgency::ordinary, [](bool) {}, Pace::quick));
    CHECK_FALSE(admission.is_full(Urgency::ordinary));
    std::this_thread::sleep_for(milliseconds(40));
    for (int i = 0; i < 6; ++i)
        admission.take_turn();
    CHECK(late == 6);
}

TEST_CASE("one beginning that took long does not make the queue look slow") {
    AdmissionRules rules;
    rules.patience = milliseconds(60'000);
    Admission admission(rules, [] {});
    auto const fill = [&] {
        int taken = 0;
        while (taken < 40 && admission.submit(
                                 Urgency::bulk, [](bool) {}, Pace::quick))
            ++taken;
        return taken;
    };
    auto const empty = [&] {
        while (admission.queued()[2] > 0)
            admission.take_turn();
    };
    fill();
    empty();
    fill();
    admission.take_turn();
    std::this_thread::sleep_for(milliseconds(120));
    empty();
    CHECK(fill() == 40);
}

}  // namespace
}  // namespace itqan::http
