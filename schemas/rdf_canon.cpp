#include "schemas/rdf_canon.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "schemas/must_not_wait.hpp"
#include "schemas/rdf_canon_text.hpp"

namespace itqan::schemas {
namespace {

constexpr std::uint64_t work_per_hash = 64;
constexpr std::uint64_t long_work = 512 * 1024;  ///< About a millisecond.

using CanonDigest = std::array<std::uint8_t, CanonHash::max_size>;

void append_hex(std::string& out, CanonDigest const& digest, std::size_t size) {
    constexpr auto digits = "0123456789abcdef";
    for (std::size_t i = 0; i < size; ++i) {
        out += digits[digest[i] >> 4];
        out += digits[digest[i] & 0xF];
    }
}

/// n^power, or the largest number.
std::uint64_t saturated_power(std::uint64_t n, unsigned power) {
    std::uint64_t out = 1;
    for (; power > 0; --power) {
        if (n != 0 && out > std::numeric_limits<std::uint64_t>::max() / n)
            return std::numeric_limits<std::uint64_t>::max();
        out *= n;
    }
    return out;
}

/// RDFC-1.0 section 4.4. "Issued" identifiers are numbers here: canonical ones in names_, temporary ones the position
/// in trail_, which copies of an issuer share because they only ever grow: going back is cutting its end off.
class Canonicaliser {
  public:
    Canonicaliser(Dataset const& dataset, CanonHash& hash, CanonLimits const& limits)
        : data_(dataset), text_(dataset), hash_(hash), digits_(hash.size() * 2), limits_(limits) {}

    Result<CanonicalDataset> run() {
        if (auto built = text_.build(limits_.text); !built) return built.error();
        hash_first_degree();
        name_unique();
        if (auto named = name_others(); !named) return named.error();

        CanonicalDataset out;
        out.nquads = text_.named(names_);
        for (auto const node : named_)
            out.blank_nodes.push_back(text_.term(node));
        return out;
    }

    /// As a CanonBudget counts it.
    std::uint64_t work() const { return work_ + text_.size() * CanonBudget::work_per_byte; }

  private:
    struct Related {
        CanonDigest hash;
        Node node;
    };

    enum class Stage { group, permute, descend, next };

    /// One run of Hash N-Degree Quads (4.8) that waits for those it started.
    struct Frame {
        Node node = 0;
        Stage stage = Stage::group;
        std::vector<Related> related = {};  ///< Hn: sorted by hash.
        std::size_t group_end = 0;
        std::vector<Node> order = {};  ///< The permutation of the group at hand.
        std::size_t base = 0;          ///< Of trail_ when the group was begun.
        std::string data = {};
        std::string path = {};
        std::string chosen_path = {};
        std::vector<Node> chosen_trail = {};  ///< What the chosen issuer has issued beyond base.
        std::vector<Node> open = {};          ///< The recursion list,
        std::size_t opened = 0;               ///< and how far it is done.
    };

    struct HashPath {
        std::string hash;
        std::vector<Node> issued;
    };

    std::string_view first_degree(Node node) const { return std::string_view(hashes_).substr(node * digits_, digits_); }

    /// 4.6 for every node.
    void hash_first_degree() {
        std::string input;
        std::vector<std::string_view> lines;
        CanonDigest digest;
        hashes_.reserve(text_.node_count() * digits_);
        for (Node node = 0; node < text_.node_count(); ++node) {
            text_.mark(node, 'a');
            lines.clear();
            for (auto const quad : text_.mentions(node))
                lines.push_back(text_.line(quad));
            std::sort(lines.begin(), lines.end());
            input.clear();
            for (auto const line : lines)
                input += line;
            hash_.hash(input, digest.data());
            append_hex(hashes_, digest, hash_.size());
            text_.mark(node, 'z');
        }
    }

    void name(Node node) {
        if (names_[node] != no_node) return;
        names_[node] = static_cast<std::uint32_t>(named_.size());
        named_.push_back(node);
    }

    /// 4.4.3 step 4. Leaves the others in shared_, by hash and then by first mention.
    void name_unique() {
        names_.assign(text_.node_count(), no_node);
        std::vector<Node> order(text_.node_count());
        for (Node node = 0; node < order.size(); ++node)
            order[node] = node;
        std::sort(order.begin(), order.end(), [this](Node a, Node b) {
            auto const less = first_degree(a).compare(first_degree(b));
            return less != 0 ? less < 0 : a < b;
        });
        for (std::size_t i = 0; i < order.size();) {
            auto end = i + 1;
            while (end < order.size() && first_degree(order[end]) == first_degree(order[i]))
                ++end;
            if (end - i == 1) {
                name(order[i]);
            } else {
                shared_.insert(shared_.end(), order.begin() + static_cast<std::ptrdiff_t>(i),
                               order.begin() + static_cast<std::ptrdiff_t>(end));
            }
            i = end;
        }
    }

    /// 4.4.3 step 5.
    Result<void> name_others() {
        if (shared_.empty()) return {};
        runs_left_ = std::max(limits_.few, saturated_power(shared_.size(), limits_.power));
        issued_.assign(text_.node_count(), no_node);
        for (std::size_t i = 0; i < shared_.size();) {
            auto const hash = first_degree(shared_[i]);
            std::vector<HashPath> paths;
            for (; i < shared_.size() && first_degree(shared_[i]) == hash; ++i) {
                if (names_[shared_[i]] != no_node) continue;
                cut_trail(0);
                issue(shared_[i]);
                if (!hash_n_degree(shared_[i])) {
                    return Error{
                        Fault::too_large, "rdf-work-limit",
                        "The document's blank nodes are too much alike to be told apart with the work allowed."};
                }
                work_ += trail_.size() * sizeof(Node);
                paths.push_back(HashPath{result_, trail_});
            }
            std::stable_sort(paths.begin(), paths.end(), [](auto const& a, auto const& b) { return a.hash < b.hash; });
            for (auto const& path : paths) {
                for (auto const node : path.issued)
                    name(node);
            }
        }
        return {};
    }

    void issue(Node node) {
        issued_[node] = static_cast<std::uint32_t>(trail_.size());
        trail_.push_back(node);
    }

    void cut_trail(std::size_t size) {
        for (; trail_.size() > size; trail_.pop_back())
            issued_[trail_.back()] = no_node;
    }

    void append_temporary(std::string& out, Node node) { append_number(out += "_:b", issued_[node]); }

    CanonDigest digest_of(std::string_view input) {
        work_ += input.size() + work_per_hash;
        CanonDigest digest;
        hash_.hash(input, digest.data());
        return digest;
    }

    /// 4.7.
    CanonDigest hash_related(Node related, TermId predicate, char position) {
        input_.assign(1, position);
        if (position != 'g') input_ += text_.form(predicate);
        if (names_[related] != no_node) {
            append_number(input_ += "_:c14n", names_[related]);
        } else if (issued_[related] != no_node) {
            append_temporary(input_, related);
        } else {
            input_ += first_degree(related);
        }
        return digest_of(input_);
    }

    /// 4.8, its result in result_ and its issuer in trail_. False when the work is used up.
    bool hash_n_degree(Node root) {
        depth_ = 0;
        if (!enter(root)) return false;
        for (;;) {
            if (work_ > limits_.work) return false;
            if (work_ > long_work) long_work_is_due();
            auto& frame = frames_[depth_ - 1];
            switch (frame.stage) {
                case Stage::group:
                    if (begin_group(frame)) break;
                    if (leave()) return true;
                    break;
                case Stage::permute:
                    begin_permutation(frame);
                    break;
                case Stage::descend:
                    if (frame.opened == frame.open.size()) {
                        end_permutation(frame);
                    } else if (!enter(frame.open[frame.opened])) {
                        return false;
                    }
                    break;
                case Stage::next:
                    next_permutation(frame);
                    break;
            }
        }
    }

    /// Steps 1 to 4: a new frame with its related nodes.
    bool enter(Node node) {
        if (runs_left_ == 0) return false;
        --runs_left_;
        if (depth_ == frames_.size()) frames_.emplace_back();
        auto& frame = frames_[depth_++];
        frame.node = node;
        frame.stage = Stage::group;
        frame.related.clear();
        frame.group_end = 0;
        frame.data.clear();
        for (auto const at : text_.mentions(node)) {
            auto const& quad = data_.quads()[at];
            for (std::size_t i = 0; i < CanonText::positions.size(); ++i) {
                auto const other = text_.node(quad.*CanonText::positions[i]);
                if (other == no_node || other == node) continue;
                frame.related.push_back(Related{hash_related(other, quad.predicate, "sog"[i]), other});
            }
            if (work_ > limits_.work) return false;
        }
        std::sort(frame.related.begin(), frame.related.end(), [this](Related const& a, Related const& b) {
            auto const less = std::memcmp(a.hash.data(), b.hash.data(), hash_.size());
            return less != 0 ? less < 0 : a.node < b.node;
        });
        return true;
    }

    /// Step 5, 5.1 to 5.3. False after the last group.
    bool begin_group(Frame& frame) {
        if (frame.group_end == frame.related.size()) return false;
        auto const& hash = frame.related[frame.group_end].hash;
        append_hex(frame.data, hash, hash_.size());
        frame.order.clear();
        for (; frame.group_end < frame.related.size(); ++frame.group_end) {
            auto const& related = frame.related[frame.group_end];
            if (std::memcmp(related.hash.data(), hash.data(), hash_.size()) != 0) break;
            frame.order.push_back(related.node);
        }
        frame.base = trail_.size();
        frame.chosen_path.clear();
        frame.stage = Stage::permute;
        return true;
    }

    /// 5.4.1 to 5.4.4.
    void begin_permutation(Frame& frame) {
        cut_trail(frame.base);
        frame.path.clear();
        frame.open.clear();
        frame.opened = 0;
        frame.stage = Stage::next;
        for (auto const node : frame.order) {
            work_ += sizeof(Node) * 2;
            if (names_[node] != no_node) {
                append_number(frame.path += "_:c14n", names_[node]);
            } else {
                if (issued_[node] == no_node) {
                    issue(node);
                    frame.open.push_back(node);
                }
                append_temporary(frame.path, node);
            }
            if (is_worse(frame)) return;
        }
        frame.stage = Stage::descend;
    }

    /// Whether the path can no longer be chosen.
    bool is_worse(Frame const& frame) {
        if (frame.chosen_path.empty() || frame.path.size() < frame.chosen_path.size()) return false;
        work_ += frame.path.size() / 8;
        return frame.path > frame.chosen_path;
    }

    /// 5.4.6.
    void end_permutation(Frame& frame) {
        frame.stage = Stage::next;
        work_ += frame.path.size() / 8;
        if (!frame.chosen_path.empty() && frame.path >= frame.chosen_path) return;
        std::swap(frame.chosen_path, frame.path);
        if (frame.order.size() == 1) return;
        frame.chosen_trail.assign(trail_.begin() + static_cast<std::ptrdiff_t>(frame.base), trail_.end());
        work_ += frame.chosen_trail.size() * sizeof(Node);
    }

    /// The next of 5.4, or 5.5 and 5.6.
    void next_permutation(Frame& frame) {
        if (std::next_permutation(frame.order.begin(), frame.order.end())) {
            frame.stage = Stage::permute;
            return;
        }
        frame.data += frame.chosen_path;
        frame.stage = Stage::group;
        if (frame.order.size() == 1) return;  // the only issuer is in place
        cut_trail(frame.base);
        for (auto const node : frame.chosen_trail)
            issue(node);
    }

    /// Step 6, and 5.4.5 of the frame below. True when there is none.
    bool leave() {
        auto const& done = frames_[--depth_];
        result_.clear();
        append_hex(result_, digest_of(done.data), hash_.size());
        if (depth_ == 0) return true;
        auto& frame = frames_[depth_ - 1];
        append_temporary(frame.path, done.node);
        ((frame.path += '<') += result_) += '>';
        ++frame.opened;
        frame.stage = is_worse(frame) ? Stage::next : Stage::descend;
        return false;
    }

    Dataset const& data_;
    CanonText text_;
    CanonHash& hash_;
    std::size_t digits_;
    CanonLimits limits_;

    std::string hashes_;                ///< Of the first degree, in hexadecimal, by node.
    std::vector<std::uint32_t> names_;  ///< Canonical identifiers, by node.
    std::vector<Node> named_;           ///< In the order of those.
    std::vector<Node> shared_;

    std::vector<std::uint32_t> issued_;  ///< Temporary identifiers, by node.
    std::vector<Node> trail_;            ///< In the order of those.
    std::vector<Frame> frames_;
    std::size_t depth_ = 0;
    std::string input_;
    std::string result_;
    std::uint64_t runs_left_ = 0;
    std::uint64_t work_ = 0;
};

}  // namespace

Result<CanonicalDataset> canonicalise(Dataset const& dataset, CanonHash& hash, CanonLimits const& limits,
                                      CanonBudget* budget) {
    work_goes_on();
    if (budget == nullptr) return Canonicaliser(dataset, hash, limits).run();
    auto left = limits;
    left.work = std::min(limits.work, budget->left());
    left.text = std::min<std::uint64_t>(limits.text, budget->left() / CanonBudget::work_per_byte);
    Canonicaliser canonicaliser(dataset, hash, left);
    auto made = canonicaliser.run();
    budget->draw(canonicaliser.work());
    return made;
}

}  // namespace itqan::schemas
