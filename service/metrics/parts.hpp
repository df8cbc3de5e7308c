#pragma once
// The figures of the storage and of the HTTP server in metric names.

#include "service/http/server.hpp"
#include "service/metrics/exposition.hpp"
#include "storage/database.hpp"

namespace itqan::metrics {

void write_database(Exposition& text, storage::DatabaseFigures const& figures);
void write_server(Exposition& text, http::ServerFigures const& figures);

}  // namespace itqan::metrics
