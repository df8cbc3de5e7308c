// Literals: sections 8.2.2 and 8.6 of https://www.w3.org/TR/json-ld11-api/.
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "schemas/iri.hpp"
#include "schemas/json_ld_rdf.hpp"
#include "schemas/json_ld_value.hpp"
#include "schemas/text.hpp"

namespace itqan::schemas {
namespace {

constexpr double largest_written_as_integer = 1e21;  // Exclusive; as ECMAScript writes numbers.

/// What printf's "%1.15E" writes, without the zeros after the last digit but one and without "+" and zeros in the
/// exponent: "5.3E0".
std::string canonical_double(double value) {
    std::array<char, 40> buffer;
    auto const end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific, 15).ptr;
    std::string_view const text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    auto const e = text.find('e');
    auto digits = text.substr(0, e);
    auto exponent = text.substr(e + 1);
    auto const is_negative = exponent.starts_with('-');
    exponent.remove_prefix(std::min(exponent.find_first_not_of("+-0"), exponent.size() - 1));
    digits = digits.substr(0, std::max(digits.find_last_not_of('0'), digits.find('.') + 1) + 1);
    return std::string(digits) + (is_negative ? "E-" : "E") + std::string(exponent);
}

std::string canonical_integer(Json const& value) {
    if (value.is_number_unsigned()) return std::to_string(value.get<std::uint64_t>());
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
    auto const number = value.get<double>();
    if (number == 0) return "0";
    std::array<char, 40> buffer;
    auto const end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::fixed, 0).ptr;
    return {buffer.data(), end};
}

}  // namespace

LexicalForm lexical_form(Json const& value, std::string_view datatype) {
    auto const or_else = [datatype](std::string_view fallback) { return datatype.empty() ? fallback : datatype; };
    if (value.is_boolean()) return {value.get<bool>() ? "true" : "false", or_else(rdf::xsd_boolean)};
    if (value.is_number()) {
        auto const number = value.get<double>();
        auto const is_integer = std::trunc(number) == number && std::abs(number) < largest_written_as_integer;
        if (!is_integer || datatype == rdf::xsd_double) return {canonical_double(number), or_else(rdf::xsd_double)};
        return {canonical_integer(value), or_else(rdf::xsd_integer)};
    }
    return {value.is_string() ? value.get<std::string>() : std::string(), or_else(rdf::xsd_string)};
}

RdfWriter::Term RdfWriter::write_literal(LdLiteral const& literal, Term subject, Term predicate, TermId graph) {
    if (literal.type == "@json") {
        auto const type = dataset_.iri(rdf::json, Dataset::Text::borrowed);
        return dataset_.literal(canonical_json(*literal.value), type);
    }
    if (!run_.spend_text(literal.type.size() + literal.language.size())) return std::nullopt;
    if (!literal.type.empty() && !is_absolute_iri(literal.type)) {
        run_.loses("json-ld-invalid-iri", "a datatype that is no IRI, whose value is dropped");
        return std::nullopt;
    }
    if (!literal.language.empty() && !is_langtag(literal.language)) {
        run_.loses("json-ld-invalid-language", "a language tag that is not well-formed, whose value is dropped");
        return std::nullopt;
    }
    if (!literal.direction.empty() && run_.options.rdf_direction == RdfDirection::none &&
        run_.loses("json-ld-lost-direction", "a @direction, which is dropped")) {
        return std::nullopt;
    }
    auto const& value = *literal.value;
    if (literal.direction.empty() || run_.options.rdf_direction == RdfDirection::none) {
        if (value.is_string() && !literal.language.empty()) {
            auto const& text = value.get_ref<std::string const&>();
            if (run_.options.lower_case_languages) return dataset_.literal_in(ascii_lower(literal.language), text);
            return dataset_.literal_in(literal.language, text);
        }
        if (value.is_string() && literal.type.empty()) return dataset_.literal(value.get_ref<std::string const&>());
        auto const form = lexical_form(value, literal.type);
        return dataset_.literal(form.text, dataset_.iri(form.datatype));
    }
    return write_direction(literal, lexical_form(value, literal.type).text, subject, predicate, graph);
}

/// Section 8.2.2 step 13.
RdfWriter::Term RdfWriter::write_direction(LdLiteral const& literal, std::string const& text, Term subject,
                                           Term predicate, TermId graph) {
    auto const language = ascii_lower(literal.language);
    std::string const direction(literal.direction);
    if (run_.options.rdf_direction == RdfDirection::i18n_datatype) {
        return dataset_.literal(text, dataset_.iri(std::string(rdf::i18n) + language + "_" + direction));
    }
    if (!subject || !predicate) return std::nullopt;
    // The node map of section 7.2 holds equal values of a property once.
    Compound const compound{graph, *subject, *predicate, text, language, direction};
    auto const [known, fresh] = compounds_.try_emplace(compound);
    if (!fresh) return known->second;
    auto const node = known->second = new_blank_node();
    add(node, dataset_.iri(rdf::value), dataset_.literal(text), graph);
    if (!language.empty()) add(node, dataset_.iri(rdf::language), dataset_.literal(language), graph);
    add(node, dataset_.iri(rdf::direction), dataset_.literal(direction), graph);
    return node;
}

}  // namespace itqan::schemas
