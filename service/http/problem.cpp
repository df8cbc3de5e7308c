#include "service/http/problem.hpp"

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"

namespace itqan::http {

int status_of(Fault fault) {
    switch (fault) {
        case Fault::malformed:
            return 400;
        case Fault::unauthorized:
            return 401;
        case Fault::forbidden:
            return 403;
        case Fault::not_found:
            return 404;
        case Fault::method:
            return 405;
        case Fault::conflict:
            return 409;
        case Fault::gone:
            return 410;
        case Fault::precondition:
            return 412;
        case Fault::too_large:
            return 413;
        case Fault::media_type:
            return 415;
        case Fault::misdirected:
            return 421;
        case Fault::unprocessable:
            return 422;
        case Fault::rate_limited:
            return 429;
        case Fault::unavailable:
            return 503;
    }
    return 500;
}

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 206:
            return "Partial Content";
        case 207:
            return "Multi-Status";
        case 301:
            return "Moved Permanently";
        case 302:
            return "Found";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 307:
            return "Temporary Redirect";
        case 308:
            return "Permanent Redirect";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 416:
            return "Range Not Satisfiable";
        case 421:
            return "Misdirected Request";
        case 422:
            return "Unprocessable Content";
        case 428:
            return "Precondition Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        default:
            break;
    }
    if (status < 300) return "Success";
    if (status < 400) return "Redirection";
    return status < 500 ? "Client Error" : "Server Error";
}

std::string problem_text(Error const& error) {
    auto const status = status_of(error.fault);
    Json document{{"type", "about:blank"},
                  {"title", reason_phrase(status)},
                  {"status", status},
                  {"code", error.code},
                  {"detail", error.detail}};
    for (auto const& violation : error.violations)
        document["errors"].push_back({{"pointer", violation.pointer}, {"detail", violation.detail}});
    // Details may quote input that is not UTF-8.
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Response problem(Error const& error) {
    Response response;
    response.status = status_of(error.fault);
    response.headers.add("content-type", "application/problem+json");
    if (response.status == 401) response.headers.add("www-authenticate", "Bearer");
    if (response.status == 429) response.headers.add("retry-after", "1");
    if (response.status == 503) response.headers.add("retry-after", "2");
    response.body = problem_text(error);
    return response;
}

Response problem(int status, std::string_view code, std::string_view detail) {
    Response response;
    response.status = status;
    response.headers.add("content-type", "application/problem+json");
    if (status == 503) response.headers.add("retry-after", "2");
    response.body = Json{
        {"type", "about:blank"},
        {"title", reason_phrase(status)},
        {"status", status},
        {"code", code},
        {"detail",
         detail}}.dump();
    return response;
}

void name_request(Response& response, std::string_view request_id) {
    if (response.status < 400 || response.headers.get("content-type") != "application/problem+json") return;
    if (!response.body.starts_with("{\"") || !response.body.ends_with('}')) return;
    response.body.pop_back();
    response.body.append(",\"requestId\":\"").append(request_id).append("\"}");
}

Response internal_problem() {
    return problem(500, "internal-error",
                   "Something broke on our side. It was written down; repeat the request later.");
}

}  // namespace itqan::http
