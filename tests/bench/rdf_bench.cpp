#include <string>

#include <benchmark/benchmark.h>

#include "schemas/rdf_nquads.hpp"
#include "tests/support/evp_canon_hash.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

/// As many quads and blank nodes as the reference credential has: one in three statements is about a blank node.
Dataset credential() {
    Dataset data;
    auto const term = [&data](std::string const& name) {
        return data.iri("https://purl.imsglobal.org/spec/vc/ob/vocab.html#" + name);
    };
    auto const subject = data.iri("https://badges.example.edu/credentials/0195d3a2-7c1e-7b54-9d8e-4f6000000000");
    auto const type = data.iri(rdf::type, Dataset::Text::borrowed);
    for (auto i = 0; i < 8; ++i) {
        auto const number = std::to_string(i);
        auto const node = data.new_blank_node();
        data.add({subject, term("result" + number), node});
        data.add({node, type, term("Result")});
        data.add({node, term("value"), data.literal("Percent " + number)});
    }
    for (auto i = 0; i < 42; ++i) {
        auto const number = std::to_string(i);
        data.add({subject, term("narrative" + number), data.literal("The learner ran a cluster for hours " + number)});
    }
    return data;
}

void read(benchmark::State& state) {
    auto const text = write_nquads(credential());
    for (auto _ : state)
        benchmark::DoNotOptimize(read_nquads(text));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(read);

/// What a producer pays: every term looked up, every quad added, in memory that is there already.
void fill(benchmark::State& state) {
    auto const from = credential();
    Dataset to;
    auto const copy = [&](TermId id) {
        auto const value = from.value(id);
        if (from.is_blank(id)) return to.blank_node(value);
        return from.kind(id) == TermKind::iri ? to.iri(value) : to.literal(value);
    };
    for (auto _ : state) {
        to.clear();
        for (auto const& quad : from.quads())
            to.add({copy(quad.subject), copy(quad.predicate), copy(quad.object)});
        benchmark::DoNotOptimize(to.quads().data());
    }
}
BENCHMARK(fill);

void canonicalise_credential(benchmark::State& state) {
    auto const data = credential();
    tests::EvpCanonHash hash;
    for (auto _ : state)
        benchmark::DoNotOptimize(canonicalise(data, hash));
}
BENCHMARK(canonicalise_credential);

/// A clique, which has n! orders: how long a refusal takes.
void refuse_poison(benchmark::State& state) {
    Dataset data;
    auto const link = data.iri("a:p");
    std::vector<TermId> nodes;
    for (auto i = 0; i < 14; ++i)
        nodes.push_back(data.new_blank_node());
    for (auto const from : nodes) {
        for (auto const to : nodes) {
            if (from != to) data.add({from, link, to});
        }
    }
    tests::EvpCanonHash hash;
    for (auto _ : state) {
        if (canonicalise(data, hash)) state.SkipWithError("the clique was not refused");
    }
}
BENCHMARK(refuse_poison)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
