#pragma once
// One backup: a SQLite file with the tables of our schema and a manifest, whatever engine it was taken from. How
// backups are named, kept and put back is the service's matter.

#include <string>

#include "storage/database.hpp"

namespace itqan::storage {

/// Makes an empty file that only its owner may read. Throws DatabaseError when there is one.
void make_private_file(std::string const& path);

/// Writes the file and its folder to the disk. Throws DatabaseError.
void sync_file(std::string const& path);

/// One snapshot of a SQLite database that may be in use, as a file of its own without free pages. `to` is made by it.
/// Readers and the writer of `from` go on. Throws DatabaseError.
void snapshot_sqlite(std::string const& from, std::string const& to);

/// Puts the manifest (JSON) into the file, which nobody has open, leaves it as one file without log, and syncs it.
/// Throws DatabaseError.
void seal_backup(std::string const& path, std::string const& manifest);

/// The manifest; "" when the file is a database without one. It only reads, and needs no other file. Throws
/// DatabaseError.
std::string backup_manifest(std::string const& path);

/// Takes the manifest out of a copy of a backup that becomes a database.
void unseal_backup(std::string const& path);

}  // namespace itqan::storage
