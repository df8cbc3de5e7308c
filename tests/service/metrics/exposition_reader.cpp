#include "tests/service/metrics/exposition_reader.hpp"

#include <algorithm>
#include <cmath>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

namespace itqan::tests {
namespace {

[[noreturn]] void refuse(std::string const& line, std::string const& why) {
    throw std::runtime_error(why + ": " + line);
}

double number(std::string const& line, std::string const& text) {
    if (text == "+Inf") return HUGE_VAL;
    if (text == "NaN") return NAN;
    std::size_t used = 0;
    double value = 0;
    try {
        value = std::stod(text, &used);
    } catch (std::exception const&) {
        refuse(line, "no number");
    }
    if (used != text.size()) refuse(line, "no number");
    return value;
}

/// The family that a sample's name belongs to.
std::string family_of(std::string const& name, std::map<std::string, Family> const& families) {
    for (std::string const suffix : {"_bucket", "_sum", "_count"}) {
        if (!name.ends_with(suffix)) continue;
        auto const found = families.find(name.substr(0, name.size() - suffix.size()));
        if (found != families.end() && found->second.type == "histogram") return found->first;
    }
    return name;
}

struct Sample {
    std::string name, labels, value;
};

Sample read_sample(std::string const& line) {
    static std::regex const form(
        R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,(?!\})|(?=\})))*\})? ([^ ]+))");
    std::smatch parts;
    if (!std::regex_match(line, parts, form)) refuse(line, "no sample");
    return {parts[1], parts[2], parts[3]};
}

void check_histogram(std::string const& name, Family const& family) {
    if (family.series.empty()) return;  // Nothing was observed under any labels yet.
    // The buckets of one histogram: its labels without le.
    static std::regex const bound(R"re(,?le="([^"]*)")re");
    std::map<std::string, std::map<double, double>> buckets;
    for (auto const& [series, value] : family.series) {
        if (!series.starts_with(name + "_bucket")) continue;
        std::smatch le;
        if (!std::regex_search(series, le, bound)) refuse(series, "a bucket without le");
        auto labels = std::regex_replace(series.substr(name.size() + 7), bound, "");
        if (labels == "{}") labels.clear();
        buckets[labels][number(series, le[1])] = value;
    }
    if (buckets.empty()) refuse(name, "a histogram without buckets");
    for (auto const& [labels, counts] : buckets) {
        double before = 0;
        for (auto const& [le, count] : counts) {
            if (count < before) refuse(name + labels, "buckets shrink");
            before = count;
        }
        if (!std::isinf(counts.rbegin()->first)) refuse(name + labels, "no +Inf bucket");
        if (family.series.at(name + "_count" + labels) != before) refuse(name + labels, "the count is not +Inf's");
        family.series.at(name + "_sum" + labels);
    }
}

}  // namespace

std::map<std::string, Family> read_exposition(std::string const& text) {
    static std::regex const comment(R"(# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+))");
    std::map<std::string, Family> families;
    std::string current;
    if (text.empty() || text.back() != '\n') refuse("", "the last line does not end");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::smatch parts;
        if (std::regex_match(line, parts, comment)) {
            std::string const name = parts[2];
            if (parts[1] == "HELP") {
                if (families.contains(name)) refuse(line, "a family comes twice");
                families[name].help = parts[3];
                current = name;
            } else {
                if (name != current || !families[name].type.empty()) refuse(line, "TYPE is not behind its HELP");
                static std::set<std::string> const types{"counter", "gauge", "histogram"};
                if (!types.contains(parts[3])) refuse(line, "no type");
                families[name].type = parts[3];
                if ((parts[3] == "counter") != name.ends_with("_total")) refuse(line, "a counter ends in _total");
            }
            continue;
        }
        auto const sample = read_sample(line);
        if (family_of(sample.name, families) != current) refuse(line, "a sample outside its family");
        auto& family = families.at(current);
        if (family.type.empty()) refuse(line, "a family without TYPE");
        if (!family.series.emplace(sample.name + sample.labels, number(line, sample.value)).second)
            refuse(line, "a series comes twice");
    }
    for (auto const& [name, family] : families)
        if (family.type == "histogram") check_histogram(name, family);
    return families;
}

double value_of(std::map<std::string, Family> const& families, std::string const& series) {
    auto const name = series.substr(0, series.find('{'));
    return families.at(family_of(name, families)).series.at(series);
}

}  // namespace itqan::tests
