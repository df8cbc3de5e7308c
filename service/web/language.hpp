#pragma once
// Which of the two interface languages an answer is in. Pure; reading the request is page.cpp's part.

#include <optional>
#include <string>
#include <string_view>

#include "service/domain/proof_form.hpp"

namespace itqan::web {

/// ?lang= beats the cookie beats Accept-Language (decision 8); values that are neither "en" nor "ar" do not count, and
/// English is what remains. Accept-Language by quality (RFC 9110 12.5.4), first named first.
std::string choose_language(std::string_view query, std::string_view cookie, std::string_view accept_language);

/// The value of one cookie in a Cookie header; "" when absent.
std::string_view cookie_value(std::string_view header, std::string_view name);

/// Whether an Accept header asks for `media_type` by its full name ("text/html"), with a quality above 0.
bool asks_for(std::string_view accept, std::string_view media_type);
/// The form of a signed document that an Accept header names, by quality: embedded where JSON is as welcome as the
/// token. None when it names neither.
std::optional<domain::ProofForm> form_asked_for(std::string_view accept);

/// A query without one of its parameters: without("a=1&lang=ar", "lang") is "a=1".
std::string without(std::string_view query, std::string_view parameter);

}  // namespace itqan::web
