#include "schemas/rdf_canon.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "schemas/json.hpp"
#include "schemas/must_not_wait.hpp"
#include "schemas/rdf_nquads.hpp"
#include "tests/support/evp_canon_hash.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

/// Numbers each new text, so that an expected input can be written down by hand.
class CountingHash : public CanonHash {
  public:
    std::size_t size() const override { return 1; }

    void hash(std::string_view text, std::uint8_t* digest) override {
        inputs.emplace_back(text);
        *digest = known_.emplace(text, static_cast<std::uint8_t>(known_.size())).first->second;
    }

    std::vector<std::string> inputs;

  private:
    std::map<std::string, std::uint8_t, std::less<>> known_;
};

Dataset dataset(std::string_view text) {
    auto read = read_nquads(text);
    REQUIRE_MESSAGE(read, text);
    return *std::move(read);
}

/// The canonical text, or the code of the error.
std::string canonical_text(std::string_view text, CanonLimits const& limits = canon_limits::production) {
    tests::EvpCanonHash hash;
    auto const out = canonicalise(dataset(text), hash, limits);
    return out ? out->nquads : out.error().code;
}

Json identifier_map(Dataset const& data, CanonicalDataset const& canonical) {
    auto map = Json::object();
    for (std::size_t i = 0; i < canonical.blank_nodes.size(); ++i)
        map[std::string(data.value(canonical.blank_nodes[i]))] = "c14n" + std::to_string(i);
    return map;
}

std::string link(std::string const& from, std::string const& to, std::string const& predicate = "p") {
    return "_:" + from + " <a:" + predicate + "> _:" + to + " .\n";
}

/// A ring of blank nodes named after `name`.
std::string ring(std::string const& name, int size) {
    std::string out;
    for (auto i = 0; i < size; ++i)
        out += link(name + std::to_string(i), name + std::to_string((i + 1) % size));
    return out;
}

/// Two chains in which each link differs from all others of its chain and equals one of the other.
std::string twin_chains(int length) {
    std::string out;
    for (auto i = 0; i < length; ++i) {
        auto const predicate = "p" + std::to_string(i);
        out += link("x" + std::to_string(i), "x" + std::to_string(i + 1), predicate);
        out += link("y" + std::to_string(i), "y" + std::to_string(i + 1), predicate);
    }
    return out;
}

}  // namespace

TEST_SUITE("rdf_canon") {
    TEST_CASE("the W3C suite is reproduced byte for byte and its poison refused") {
        NEEDS_SHARED();
        auto const folder = *tests::shared_dir() / "vectors/rdf-canon/tests";
        auto const manifest = Json::parse(tests::read_file(folder / "manifest.jsonld"));
        tests::EvpCanonHash sha256;
        tests::EvpCanonHash sha384("SHA384");
        std::map<std::string, int> passed;

        for (auto const& entry : manifest.at("entries")) {
            auto const type = text_member(entry, "type");
            CAPTURE(text_member(entry, "id"));
            auto const data = dataset(tests::read_file(folder / text_member(entry, "action")));
            auto& hash = text_member(entry, "hashAlgorithm") == "SHA384" ? sha384 : sha256;
            auto const out = canonicalise(data, hash, canon_limits::conformance);
            auto good = false;
            if (type == "rdfc:RDFC10NegativeEvalTest") {
                good = !out && out.error().code == "rdf-work-limit";
            } else if (out) {
                auto const expected = tests::read_file(folder / text_member(entry, "result"));
                good = type == "rdfc:RDFC10MapTest" ? identifier_map(data, *out) == Json::parse(expected)
                                                    : out->nquads == expected;
            }
            CHECK(good);
            passed[type] += good ? 1 : 0;
        }

        CHECK(passed["rdfc:RDFC10EvalTest"] == 64);
        CHECK(passed["rdfc:RDFC10MapTest"] == 21);
        CHECK(passed["rdfc:RDFC10NegativeEvalTest"] == 1);
    }

    TEST_CASE("poison is decided in production within a bounded number of hashes") {
        NEEDS_SHARED();
        auto const folder = *tests::shared_dir() / "vectors/attacks/rdf-poison";
        auto const manifest = Json::parse(tests::read_file(folder / "manifest.json"));
        CHECK(manifest.size() == 7);

        for (auto const& entry : manifest) {
            CAPTURE(text_member(entry, "file"));
            auto const data = dataset(tests::read_file(folder / text_member(entry, "file")));
            tests::EvpCanonHash hash;
            auto const out = canonicalise(data, hash);
            if (text_member(entry, "expect") == "ok") CHECK(out);
            if (!out) CHECK(out.error().code == "rdf-work-limit");
            // A hash counts at least 64 of the work allowed; the first degree is one for each node.
            CHECK(hash.calls < canon_limits::production.work / 64 + data.term_count());
        }
    }

    TEST_CASE("a thread that must not work for long gives poison up, and not what is told apart at once") {
        std::string clique = "";
        for (int from = 0; from < 9; ++from)
            for (int to = 0; to < 9; ++to)
                if (from != to) clique += "_:e" + std::to_string(from) + " <a:p> _:e" + std::to_string(to) + " .\n";
        auto const poison = dataset(clique);
        auto const plain = dataset("<a:x> <a:q> _:e0 .\n_:e0 <a:s> _:e1 .\n");
        tests::EvpCanonHash hash;
        auto const here = [&](Dataset const& data) {
            NoWaiting const one_turn;
            return canonicalise(data, hash);
        };

        CHECK_THROWS_AS(static_cast<void>(here(poison)), MustNotWait);
        CHECK(here(plain));
    }

    TEST_CASE("nodes that differ in their own statements cost one hash each") {
        CountingHash hash;
        auto const data = dataset(
            "<a:x> <a:q> _:e0 .\n"
            "_:e0 <a:s> _:e1 .\n"
            "_:e0 <a:n> \"1\" _:e0 .\n"
            "_:e0 <a:m> _:e0 .\n"
            "<a:x> <a:m> _:e1 _:e1 .\n");

        auto const out = canonicalise(data, hash);

        REQUIRE(out);
        CHECK(hash.inputs ==
              std::vector<std::string>{"<a:x> <a:q> _:a .\n_:a <a:m> _:a .\n_:a <a:n> \"1\" _:a .\n_:a <a:s> _:z .\n",
                                       "<a:x> <a:m> _:a _:a .\n_:z <a:s> _:a .\n"});
        CHECK(out->nquads ==
              "<a:x> <a:m> _:c14n1 _:c14n1 .\n<a:x> <a:q> _:c14n0 .\n_:c14n0 <a:m> _:c14n0 .\n_:c14n0 <a:n> \"1\" "
              "_:c14n0 .\n"
              "_:c14n0 <a:s> _:c14n1 .\n");
        CHECK(identifier_map(data, *out) == Json{{"e0", "c14n0"}, {"e1", "c14n1"}});
    }

    TEST_CASE("nodes that share a hash are told apart by what is hashed for their neighbours") {
        CountingHash hash;
        std::vector<std::string> const one_head{
            "o<a:p>00",              // 01: y as object, not named yet
            "s<a:p>00",              // 02: y as subject
            "s<a:p>_:b0",            // 03: from y back to x
            "o<a:p>_:b0",            // 04
            "03_:b004_:b0",          // 05: y
            "01_:b1_:b1<05>02_:b1",  // x
        };

        auto const out = canonicalise(dataset("_:x <a:p> _:y .\n_:y <a:p> _:x .\n"), hash);

        REQUIRE(out);
        REQUIRE(hash.inputs.size() == 14);
        CHECK(hash.inputs[0] == "_:a <a:p> _:z .\n_:z <a:p> _:a .\n");
        CHECK(hash.inputs[1] == hash.inputs[0]);
        CHECK(std::equal(one_head.begin(), one_head.end(), hash.inputs.begin() + 2));
        CHECK(std::equal(one_head.begin() + 4, one_head.end(), hash.inputs.begin() + 12));  // y sees the same
        CHECK(out->nquads == "_:c14n0 <a:p> _:c14n1 .\n_:c14n1 <a:p> _:c14n0 .\n");
    }

    TEST_CASE("a related graph is hashed without its predicate and a named node by its name") {
        CountingHash hash;

        auto const out = canonicalise(dataset("_:u <a:p> _:x _:g .\n_:u <a:p> _:y _:g .\n"), hash);

        REQUIRE(out);
        auto const was_hashed = [&hash](std::string_view text) {
            return std::find(hash.inputs.begin(), hash.inputs.end(), text) != hash.inputs.end();
        };
        CHECK(was_hashed("s<a:p>_:c14n0"));
        CHECK(was_hashed("g_:c14n1"));
    }

    TEST_CASE("rings of equal nodes are told from rings of other sizes") {
        auto const two_triangles = canonical_text(ring("a", 3) + ring("b", 3));
        auto const hexagon = canonical_text(ring("c", 6));

        CHECK(two_triangles.starts_with("_:c14n0 <a:p> _:c14n"));
        CHECK(hexagon.starts_with("_:c14n0 <a:p> _:c14n"));
        CHECK(two_triangles != hexagon);
        CHECK(two_triangles == canonical_text(ring("b", 3) + ring("x", 3)));
    }

    TEST_CASE("components are ordered by their hashes and not by mention") {
        // As rdf-canonize 4.0.1 has it: the ring of four first.
        CHECK(canonical_text(ring("a", 3) + ring("b", 4)) ==
              "_:c14n0 <a:p> _:c14n1 .\n_:c14n1 <a:p> _:c14n2 .\n_:c14n2 <a:p> _:c14n3 .\n_:c14n3 <a:p> _:c14n0 .\n"
              "_:c14n4 <a:p> _:c14n5 .\n_:c14n5 <a:p> _:c14n6 .\n_:c14n6 <a:p> _:c14n4 .\n");
    }

    TEST_CASE("the least path decides, whichever order comes first or last") {
        // Two parents that know each other, each with two lines of descent that differ in the third generation.
        std::vector<std::array<std::string, 3>> links{{"a", "s", "b"}, {"b", "s", "a"}};
        std::string leaves;
        for (std::string const parent : {"a", "b"}) {
            for (std::string const line : {"1", "2"}) {
                links.push_back({parent, "p", parent + "x" + line});
                links.push_back({parent + "x" + line, "q", parent + "y" + line});
                leaves += "_:" + parent + "y" + line + " <a:r> \"" + line + "\" .\n";
            }
        }
        std::mt19937 random(14);

        for (auto round = 0; round < 50; ++round) {
            std::string text;
            for (auto const& [from, predicate, to] : links)
                text += link(from, to, predicate);
            // As rdf-canonize 4.0.1 has it.
            CHECK(canonical_text(text + leaves) ==
                  "_:c14n0 <a:r> \"1\" .\n_:c14n1 <a:q> _:c14n0 .\n_:c14n2 <a:p> _:c14n1 .\n_:c14n2 <a:p> _:c14n3 .\n"
                  "_:c14n2 <a:s> _:c14n5 .\n_:c14n3 <a:q> _:c14n4 .\n_:c14n4 <a:r> \"2\" .\n_:c14n5 <a:p> _:c14n6 .\n"
                  "_:c14n5 <a:p> _:c14n7 .\n_:c14n5 <a:s> _:c14n2 .\n_:c14n6 <a:q> _:c14n8 .\n_:c14n7 <a:q> _:c14n9 .\n"
                  "_:c14n8 <a:r> \"2\" .\n_:c14n9 <a:r> \"1\" .\n");
            std::shuffle(links.begin(), links.end(), random);
        }
    }

    TEST_CASE("renaming and shuffling change nothing, other links do") {
        std::mt19937 random(10);
        auto told_apart = 0;

        for (auto round = 0; round < 400; ++round) {
            auto const nodes = 2 + random() % 5;
            std::vector<std::array<std::uint32_t, 4>> links;
            for (auto left = 1 + random() % 9; left > 0; --left)
                links.push_back({static_cast<std::uint32_t>(random() % nodes), static_cast<std::uint32_t>(random() % 2),
                                 static_cast<std::uint32_t>(random() % nodes),
                                 static_cast<std::uint32_t>(random() % (nodes * 2))});
            auto const text = [&](std::vector<std::uint32_t> const& names) {
                std::string out;
                for (auto const& [s, p, o, g] : links) {
                    auto const label = [&names](auto node) { return "_:n" + std::to_string(names[node]); };
                    out += label(s) + " <a:" + std::to_string(p) + "> " + label(o);
                    out += (g < nodes ? " " + label(g) : "") + " .\n";
                }
                return out;
            };
            std::vector<std::uint32_t> names(nodes);
            for (std::uint32_t i = 0; i < nodes; ++i)
                names[i] = i;

            auto const first = canonical_text(text(names));
            std::shuffle(names.begin(), names.end(), random);
            std::shuffle(links.begin(), links.end(), random);
            auto const again = canonical_text(text(names));
            links.front()[1] = 2;
            auto const other = canonical_text(text(names));

            if (first != again) FAIL(text(names));
            if (first != other) ++told_apart;
            CHECK(canonical_text(first) == first);
        }

        CHECK(told_apart == 400);
    }

    TEST_CASE("chains of twenty thousand nodes need no stack") {
        tests::EvpCanonHash hash;
        auto const data = dataset(twin_chains(20'000));

        auto const out = canonicalise(data, hash, canon_limits::conformance);

        REQUIRE(out);
        CHECK(out->blank_nodes.size() == 40'002);
        CHECK(canonicalise(data, hash).error().code == "rdf-work-limit");
    }

    TEST_CASE("the number of runs is held exactly") {
        // Each of four nodes starts one run, which starts three in each of six orders.
        std::string clique;
        for (auto i = 0; i < 4; ++i) {
            for (auto k = 0; k < 4; ++k) {
                if (i != k) clique += link("n" + std::to_string(i), "n" + std::to_string(k));
            }
        }
        auto const with = [](unsigned power, std::uint64_t few) { return CanonLimits{power, few, 1'000'000, 10'000}; };

        CHECK(canonical_text(clique, with(0, 76)).starts_with("_:c14n0 "));
        CHECK(canonical_text(clique, with(0, 75)) == "rdf-work-limit");
        CHECK(canonical_text(clique, with(4, 0)).starts_with("_:c14n0 "));
        CHECK(canonical_text(clique, with(3, 0)) == "rdf-work-limit");
        CHECK(canonical_text(clique, with(99, 0)).starts_with("_:c14n0 "));
    }

    TEST_CASE("work is bounded where runs are few and each is dear") {
        // 300 leaves of one hub: each run from the hub looks at all of them.
        std::string star;
        for (auto const* hub : {"h", "k"}) {
            for (auto i = 0; i < 300; ++i)
                star += link(hub, hub + std::to_string(i));
        }

        CHECK(canonical_text(star) == "rdf-work-limit");
    }

    TEST_CASE("a long name said by many short ones is bounded before it is written") {
        Dataset data;
        auto const predicate = data.iri("a:" + std::string(100'000, 'x'));
        for (auto i = 0; i < 1'000; ++i)
            data.add({data.new_blank_node(), predicate, data.literal(std::to_string(i))});
        tests::EvpCanonHash hash;

        auto const out = canonicalise(data, hash);

        REQUIRE_FALSE(out);
        CHECK(out.error().code == "rdf-work-limit");
        CHECK(out.error().fault == Fault::too_large);
        CHECK(hash.calls == 0);
        CHECK(canonical_text("<a:s> <a:p> \"\" .\n", {2, 0, 0, 17}) == "<a:s> <a:p> \"\" .\n");
        CHECK(canonical_text("<a:s> <a:p> \"\" .\n", {2, 0, 0, 16}) == "rdf-work-limit");
    }

    TEST_CASE("generalised RDF has no canonical form") {
        auto const code = [](auto make) {
            Dataset data;
            tests::EvpCanonHash hash;
            data.add(make(data, data.iri("a:a"), data.blank_node("b"), data.literal("c")));
            auto const out = canonicalise(data, hash);
            return out ? "accepted" : out.error().code;
        };

        CHECK(code([](Dataset&, TermId i, TermId b, TermId) { return Quad{i, b, i}; }) == "rdf-generalised");
        CHECK(code([](Dataset&, TermId i, TermId, TermId l) { return Quad{l, i, i}; }) == "rdf-generalised");
        CHECK(code([](Dataset&, TermId i, TermId, TermId l) { return Quad{i, i, i, l}; }) == "rdf-generalised");
        CHECK(code([](Dataset&, TermId i, TermId, TermId) { return Quad{i, i, default_graph}; }) == "rdf-generalised");
        CHECK(code([](Dataset&, TermId i, TermId b, TermId l) { return Quad{b, i, l, b}; }) == "accepted");
    }

    TEST_CASE("an empty dataset and one without blank nodes only get sorted") {
        CHECK(canonical_text("").empty());
        CHECK(canonical_text("<b:b> <a:p> \"\\u000a\" <a:g> .\n<a:a> <a:p> \"x\"@EN .\n") ==
              "<a:a> <a:p> \"x\"@EN .\n<b:b> <a:p> \"\\n\" <a:g> .\n");
    }
}
