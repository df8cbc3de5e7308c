#pragma once
// Takes a programme and its people's evidence in, from files: everything is checked, then written in one transaction,
// then evaluated; badges are issued only when asked for (decision 18).

#include <filesystem>
#include <map>
#include <string>

#include "service/domain/import_files.hpp"
#include "service/domain/intake.hpp"

namespace itqan::domain {

struct ImportOptions {
    bool issue = false;
    bool notify = false;                        ///< Mails about what is issued.
    std::optional<Day> date_of_record_is = {};  ///< Shifts the files' dates so that their date of record is this day.
};

struct ImportReport {
    std::map<std::string, int> written;  ///< By kind: new or changed elements.
    int unchanged = 0;                   ///< Elements that were here already.
    int credentials = 0;
};

/// What is here already is left as it is, so a second import changes nothing; evidence is known by its id, and a
/// published version of an achievement keeps what it says. Errors: those of read_import; unprocessable "invalid-import"
/// with the place of each element that cannot be taken; nothing is written then.
Result<ImportReport> import_elements(storage::Database& database, ProgrammeStore& programmes, Intake& intake,
                                     Clock const& clock, Actor const& actor, std::vector<ImportElement> elements,
                                     ImportOptions const& options);
Result<ImportReport> import_path(storage::Database& database, ProgrammeStore& programmes, Intake& intake,
                                 Clock const& clock, Actor const& actor, std::filesystem::path const& path,
                                 ImportOptions const& options);

}  // namespace itqan::domain
