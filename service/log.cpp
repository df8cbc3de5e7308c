#include "service/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <nlohmann/json.hpp>

#include "schemas/clock.hpp"
#include "schemas/json.hpp"

namespace itqan::service {
namespace {

constexpr std::size_t longest_value = 8 * 1024;

std::string json_line(std::string_view level, std::string_view event, Log::Fields const& fields) {
    nlohmann::ordered_json line{{"time", SystemClock().wall().text()}, {"level", level}, {"event", event}};
    for (auto const& [name, value] : fields)
        line[std::string(name)] = value.substr(0, longest_value);
    return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

/// "  event  name=value": values are quoted as JSON, so no control character reaches the terminal.
std::string plain_line(std::string_view event, Log::Fields const& fields) {
    std::string line = "  " + std::string(event);
    for (auto const& [name, value] : fields)
        line += "  " + std::string(name) + "=" +
                Json(value.substr(0, longest_value)).dump(-1, ' ', true, Json::error_handler_t::replace);
    return line;
}

}  // namespace

struct Log::Sink {
    spdlog::logger logger{"itqan", std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>()};
};

Log::Log(Form form) : form_(form), sink_(std::make_unique<Sink>()) {
    sink_->logger.set_pattern("%v");
}

Log::~Log() = default;

void Log::info(std::string_view event, Fields const& fields) {
    write("info", event, fields);
}
void Log::warn(std::string_view event, Fields const& fields) {
    write("warn", event, fields);
}
void Log::error(std::string_view event, Fields const& fields) {
    write("error", event, fields);
}

void Log::write(std::string_view level, std::string_view event, Fields const& fields) {
    auto const line = form_ == Form::json ? json_line(level, event, fields) : plain_line(event, fields);
    sink_->logger.log(spdlog::level::info, "{}", line);
    if (level != "info") sink_->logger.flush();
}

}  // namespace itqan::service
