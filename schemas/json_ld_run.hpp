#pragma once
// One call of the JSON-LD processor: what it may use, what went wrong first, and where.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/json_ld.hpp"
#include "schemas/json_ld_context_cache.hpp"
#include "schemas/json_pointer.hpp"
#include "schemas/result.hpp"

namespace itqan::schemas {

/// The first failure stays: after each step the algorithms look at failed() and return at once. That is cheaper than a
/// Result at every level of the recursion, and the public functions make one of it.
struct JsonLdRun {
    JsonLdOptions const& options;
    DocumentLoader const& loader;
    ContextCache& cache;
    Place const* place;                 ///< Never null.
    DerivedContexts own_contexts = {};  ///< Those the document writes itself: known no longer than it is.
    std::optional<Error> error = {};
    std::size_t depth = 0;
    std::size_t elements = 0;
    std::size_t contexts = 0;
    std::size_t work = 0;

    bool failed() const { return error.has_value(); }

    /// Fails with a code of the specification. Always false, to be returned.
    bool fail(std::string_view code, std::string_view what);

    /// In safe mode, fails with a code of ours and returns true: something would be lost.
    bool loses(std::string_view code, std::string_view what);

    /// In exact mode, fails and returns true: `what` leaves no trace.
    bool hides(std::string_view what, std::string_view code = "json-ld-traceless");

    bool exceed(std::string_view what);

    /// False when the work is used up.
    bool spend(std::size_t units) { return (work += units) <= options.limits.work || exceed("more work than is done"); }
    bool spend_text(std::size_t bytes) { return spend(1 + bytes / 64); }

    bool count_element() { return ++elements <= options.limits.elements || exceed("more values than are looked at"); }
};

/// Where the run is, for as long as the object lives: a step into a member or an element.
class Step {
  public:
    template <typename Where>
    Step(JsonLdRun& run, Where where) : run_(run), outer_(run.place), here_(outer_->at(where)) {
        run_.place = &here_;
    }
    ~Step() { run_.place = outer_; }
    Step(Step const&) = delete;
    Step& operator=(Step const&) = delete;

  private:
    JsonLdRun& run_;
    Place const* outer_;
    Place here_;
};

/// One more level of recursion, for as long as the object lives. Beyond the deepest the run fails.
class Level {
  public:
    explicit Level(JsonLdRun& run) : run_(run) {
        if (++run_.depth > run_.options.limits.depth) run_.exceed("deeper nesting than is followed");
    }
    ~Level() { --run_.depth; }
    Level(Level const&) = delete;
    Level& operator=(Level const&) = delete;

  private:
    JsonLdRun& run_;
};

}  // namespace itqan::schemas
